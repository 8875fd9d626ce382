//! A part of the page whose type is forgotten: what a page, a row or a component of its own is drawn as.
//!
//! On the server it is leptos' own `AnyView`. In the browser that costs too much: it keeps, for each type that goes
//! through it, code to wait while taking a page over, which nothing here does, and code to turn what is on screen into
//! another of the same type. Here the new part is put in place of the old one. So a part that follows signals is small, or
//! is made of smaller ones that follow them: a field in it would lose what is typed, and a list all its rows.

#[cfg(not(feature = "ssr"))]
pub use drawn::Part;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
pub type Part = AnyView;

/// Forgets a view's type.
pub trait IntoPart {
    fn into_part(self) -> Part;
}

#[cfg(feature = "ssr")]
impl<V: IntoAny> IntoPart for V {
    fn into_part(self) -> Part {
        self.into_any()
    }
}

/// What stands inside of a component; drawn once.
pub struct Content(Box<dyn FnOnce() -> Part + Send>);

impl Content {
    pub fn draw(self) -> Part {
        (self.0)()
    }
}

impl<F, V> ToChildren<F> for Content
where
    F: FnOnce() -> V + Send + 'static,
    V: IntoPart,
{
    fn to_children(draw: F) -> Self {
        Content(Box::new(move || draw().into_part()))
    }
}

#[cfg(not(feature = "ssr"))]
mod drawn {
    use super::IntoPart;
    use leptos::attr::Attribute;
    use leptos::attr::any_attribute::AnyAttribute;
    use leptos::prelude::*;
    use leptos::tachys::hydration::Cursor;
    use leptos::tachys::renderer::types::{Element, Node, Placeholder};
    use leptos::tachys::view::{Mountable, Position, PositionState};

    pub struct Part(Box<dyn Draw>);

    impl<V> IntoPart for V
    where
        V: RenderHtml + Send,
        V::Owned: Send,
    {
        fn into_part(self) -> Part {
            Part(Box::new(self.into_owned()))
        }
    }

    /// What of a view is needed in a browser.
    trait Draw: Send {
        fn build(self: Box<Self>) -> Drawn;
        fn take_over(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> Drawn;
    }

    impl<V: RenderHtml + 'static> Draw for V {
        fn build(self: Box<Self>) -> Drawn {
            Drawn {
                state: Box::new(Render::build(*self)),
                end: (!V::EXISTS).then(leptos::tachys::renderer::Rndr::create_placeholder),
            }
        }

        fn take_over(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> Drawn {
            Drawn {
                state: Box::new((*self).hydrate::<true>(cursor, position)),
                end: (!V::EXISTS).then(|| cursor.next_placeholder(position)),
            }
        }
    }

    /// A part on screen.
    pub struct Drawn {
        state: Box<dyn Mountable>,
        /// Where it is, if nothing of it is on screen.
        end: Option<Placeholder>,
    }

    impl Mountable for Drawn {
        fn unmount(&mut self) {
            self.state.unmount();
            self.end.unmount();
        }

        fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
            self.state.mount(parent, marker);
            self.end.mount(parent, marker);
        }

        fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
            self.state.insert_before_this(child) || self.end.insert_before_this(child)
        }

        fn elements(&self) -> Vec<Element> {
            self.state.elements()
        }
    }

    impl Render for Part {
        type State = Drawn;

        fn build(self) -> Drawn {
            self.0.build()
        }

        fn rebuild(self, drawn: &mut Drawn) {
            let mut new = self.0.build();
            drawn.insert_before_this(&mut new);
            drawn.unmount();
            *drawn = new;
        }
    }

    impl AddAnyAttr for Part {
        type Output<A: Attribute> = Self;

        fn add_any_attr<A: Attribute>(self, _: A) -> Self {
            self
        }
    }

    /// Only the server writes HTML.
    impl RenderHtml for Part {
        type AsyncOutput = Self;
        type Owned = Self;
        const MIN_LENGTH: usize = 0;

        fn dry_resolve(&mut self) {}

        async fn resolve(self) -> Self {
            self
        }

        fn to_html_with_buf(self, _: &mut String, _: &mut Position, _: bool, _: bool, _: Vec<AnyAttribute>) {}

        fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Drawn {
            self.0.take_over(cursor, position)
        }

        fn into_owned(self) -> Self {
            self
        }
    }
}
