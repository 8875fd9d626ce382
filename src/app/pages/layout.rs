//! What every page of the messenger stands in: the list at the side, and the page beside it. A
//! narrow screen shows one of the two.

use crate::api::rooms::list_rooms;
use crate::app::chat::Chat;
use crate::app::components::back::Back;
use crate::app::components::keyboard::Keyboard;
use crate::app::components::own::Menus;
use crate::app::components::sidebar::Sidebar;
use crate::app::components::skeleton::Skeleton;
use crate::app::components::title::DocumentTitle;
use crate::app::loading::{Leaving, after, load_before};
use crate::app::part::{Content, IntoPart};
use crate::app::reader::{use_here, use_texts};
use crate::app::state::RwSignal;
use crate::app::trail;
use crate::shared::refusal::Refusal;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The page waits for the list: it names the reader, and pages ask who that is.
#[component]
pub fn Layout(children: Content) -> impl IntoView {
    let chat = expect_context::<Chat>();
    let path = use_location().pathname;
    provide_context(Menus::default());
    load_before(list_rooms, move |list| chat.begin_with(list));
    let sidebar = after(|known| match known {
        Ok(()) => view! { <Sidebar/> }.into_part(),
        // A narrow screen may show nothing else.
        Err(refusal) => view! { <aside class="sidebar"><FailedHere refusal/></aside> }.into_part(),
    });
    let texts = use_texts();
    let leaving = RwSignal::new(false);
    provide_context(Leaving(leaving));
    trail::follow(leaving);
    view! {
        <a class="skip" href="#content" rel="external">{texts.to_content}</a>
        <div class="layout" data-open=move || (path.get() != "/").then_some("")>
            {sidebar}
            <div class="page" inert=move || leaving.get()>
                {children.draw()}
                <Skeleton leaving/>
            </div>
        </div>
        <Keyboard/>
    }
    .into_part()
}

/// What couldn't be loaded, and why. Trying again is a page load, which works without scripts too.
#[component]
pub fn Failed(refusal: Refusal) -> impl IntoView {
    view! { <main class="pane" id="content" tabindex="-1"><FailedHere refusal/></main> }
}

/// The same within a page.
#[component]
pub fn FailedHere(refusal: Refusal) -> impl IntoView {
    let texts = use_texts();
    let again = use_here();
    view! {
        <DocumentTitle title=texts.load_failed/>
        <div class="empty" role="alert">
            <h1>{texts.load_failed}</h1>
            <p>{texts.refusal(&refusal)}</p>
            <a class="button" href=move || again.get() rel="external">{texts.try_again}</a>
        </div>
    }
}

/// A page beside the list that isn't a conversation.
#[component]
pub fn Pane(
    title: &'static str,
    /// What lies above it.
    #[prop(default = Signal::stored("/".to_owned()))]
    back: Signal<String>,
    children: Content,
) -> impl IntoView {
    view! {
        <DocumentTitle title/>
        <main class="pane" id="content" tabindex="-1" data-later>
            <header class="pane__head">
                <Back to=back/>
                <h1>{title}</h1>
            </header>
            <div class="pane__body">{children.draw()}</div>
        </main>
    }
}
