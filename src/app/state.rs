//! What the page remembers: signals, memos and values of one kind each.
//!
//! They are leptos' own, under its names, with one difference: leptos compiles its machinery anew for every type that
//! is kept in one of them, which came to a tenth of what a browser loads. Here it is compiled once, for something
//! whose type is known where it is put in and taken out.

use leptos::prelude as live;
use leptos::prelude::{ReadUntracked, Set, Track, WithValue, Write};
use std::any::Any;
use std::marker::PhantomData;

type Anything = Box<dyn Any + Send + Sync>;

/// What is kept is always of the type that it was put in as.
fn of<T: 'static>(kept: &Anything) -> &T {
    (**kept).downcast_ref().unwrap_or_else(|| mistaken())
}

fn of_mut<T: 'static>(kept: &mut Anything) -> &mut T {
    (**kept).downcast_mut().unwrap_or_else(|| mistaken())
}

#[cold]
fn mistaken() -> ! {
    panic!("a value of another type, or one that has gone with its part of the page")
}

/// A value that what is drawn follows. It goes with the part of the page that made it.
pub struct RwSignal<T> {
    kept: live::RwSignal<Anything>,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for RwSignal<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for RwSignal<T> {}

impl<T: Default + Send + Sync + 'static> Default for RwSignal<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

type Sight = <live::RwSignal<Anything> as ReadUntracked>::Value;

/// Nothing, if it has gone.
fn look(kept: live::RwSignal<Anything>, follow: bool) -> Option<Sight> {
    if follow {
        kept.track();
    }
    kept.try_read_untracked()
}

fn change(kept: live::RwSignal<Anything>, make: &mut dyn FnMut(&mut Anything)) {
    if let Some(mut kept) = kept.try_write() {
        make(&mut kept);
    }
}

impl<T: Send + Sync + 'static> RwSignal<T> {
    pub fn new(value: T) -> Self {
        let kept: Anything = Box::new(value);
        Self {
            kept: live::RwSignal::new(kept),
            kind: PhantomData,
        }
    }

    /// Follows it without looking.
    pub fn track(&self) {
        self.kept.track();
    }

    pub fn with<U>(&self, see: impl FnOnce(&T) -> U) -> U {
        look(self.kept, true).map_or_else(|| mistaken(), |seen| see(of(&seen)))
    }

    pub fn with_untracked<U>(&self, see: impl FnOnce(&T) -> U) -> U {
        self.try_with_untracked(see).unwrap_or_else(|| mistaken())
    }

    /// Nothing, if it has gone.
    pub fn try_with_untracked<U>(&self, see: impl FnOnce(&T) -> U) -> Option<U> {
        look(self.kept, false).map(|seen| see(of(&seen)))
    }

    pub fn set(&self, value: T) {
        self.kept.set(Box::new(value));
    }

    /// Whether it was still there to be set.
    pub fn try_set(&self, value: T) -> bool {
        self.kept.try_set(Box::new(value)).is_none()
    }

    pub fn update(&self, make: impl FnOnce(&mut T)) {
        self.try_update(make);
    }

    /// Nothing, if it has gone.
    pub fn try_update<U>(&self, make: impl FnOnce(&mut T) -> U) -> Option<U> {
        let (mut make, mut made) = (Some(make), None);
        change(self.kept, &mut |kept| {
            made = make.take().map(|make| make(of_mut(kept)));
        });
        made
    }
}

impl<T: Clone + Send + Sync + 'static> RwSignal<T> {
    pub fn get(&self) -> T {
        self.with(T::clone)
    }

    pub fn get_untracked(&self) -> T {
        self.with_untracked(T::clone)
    }
}

/// What follows from signals, worked out anew when one of them changes; what follows it only hears of a result that
/// is another.
pub struct Memo<T> {
    kept: live::Memo<Outcome>,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for Memo<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Memo<T> {}

struct Outcome {
    value: Anything,
    same: fn(&Anything, &Anything) -> bool,
}

impl PartialEq for Outcome {
    fn eq(&self, other: &Self) -> bool {
        (self.same)(&self.value, &other.value)
    }
}

fn same<T: PartialEq + 'static>(one: &Anything, other: &Anything) -> bool {
    of::<T>(one) == of::<T>(other)
}

type Found = <live::Memo<Outcome> as ReadUntracked>::Value;

fn find(kept: live::Memo<Outcome>, follow: bool) -> Found {
    if follow {
        kept.track();
    }
    kept.try_read_untracked().unwrap_or_else(|| mistaken())
}

fn following(work_out: Box<dyn Fn() -> Outcome + Send + Sync>) -> live::Memo<Outcome> {
    live::Memo::new(move |_| work_out())
}

impl<T: PartialEq + Send + Sync + 'static> Memo<T> {
    pub fn new(work_out: impl Fn() -> T + Send + Sync + 'static) -> Self {
        let kept = following(Box::new(move || Outcome {
            value: Box::new(work_out()),
            same: same::<T>,
        }));
        Self {
            kept,
            kind: PhantomData,
        }
    }

    pub fn with<U>(&self, see: impl FnOnce(&T) -> U) -> U {
        see(of(&find(self.kept, true).value))
    }

    pub fn with_untracked<U>(&self, see: impl FnOnce(&T) -> U) -> U {
        see(of(&find(self.kept, false).value))
    }

    /// Follows it. It is worked out as well: one that nobody looks at never changes.
    pub fn track(&self) {
        find(self.kept, true);
    }
}

impl<T: Clone + PartialEq + Send + Sync + 'static> Memo<T> {
    pub fn get(&self) -> T {
        self.with(T::clone)
    }

    pub fn get_untracked(&self) -> T {
        self.with_untracked(T::clone)
    }
}

/// A value that nothing follows.
pub struct StoredValue<T> {
    kept: live::StoredValue<Anything>,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for StoredValue<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for StoredValue<T> {}

impl<T: Default + Send + Sync + 'static> Default for StoredValue<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

fn see_stored(kept: live::StoredValue<Anything>, see: &mut dyn FnMut(&Anything)) {
    _ = kept.try_with_value(|kept| see(kept));
}

fn change_stored(kept: live::StoredValue<Anything>, make: &mut dyn FnMut(&mut Anything)) {
    use leptos::prelude::UpdateValue;
    _ = kept.try_update_value(|kept| make(kept));
}

impl<T: Send + Sync + 'static> StoredValue<T> {
    pub fn new(value: T) -> Self {
        let kept: Anything = Box::new(value);
        Self {
            kept: live::StoredValue::new(kept),
            kind: PhantomData,
        }
    }

    pub fn with_value<U>(&self, see: impl FnOnce(&T) -> U) -> U {
        let (mut see, mut seen) = (Some(see), None);
        see_stored(self.kept, &mut |kept| {
            seen = see.take().map(|see| see(of(kept)));
        });
        seen.unwrap_or_else(|| mistaken())
    }

    pub fn set_value(&self, value: T) {
        self.try_update_value(|kept| *kept = value);
    }

    pub fn update_value(&self, make: impl FnOnce(&mut T)) {
        self.try_update_value(make);
    }

    /// Nothing, if it has gone.
    pub fn try_update_value<U>(&self, make: impl FnOnce(&mut T) -> U) -> Option<U> {
        let (mut make, mut made) = (Some(make), None);
        change_stored(self.kept, &mut |kept| {
            made = make.take().map(|make| make(of_mut(kept)));
        });
        made
    }
}

impl<T: Clone + Send + Sync + 'static> StoredValue<T> {
    pub fn get_value(&self) -> T {
        self.with_value(T::clone)
    }
}
