//! What follows signals: effects, and parts of the page that are drawn anew. All of one kind each, since leptos
//! compiles its machinery anew for every type of closure and of view.

use crate::app::part::{IntoPart, Part};
use crate::app::state::RwSignal;
use leptos::prelude::*;

/// Runs once the page is drawn, and again whenever a signal has changed that it has read. In a browser only.
pub fn effect(run: impl FnMut() + 'static) {
    boxed(Box::new(run));
}

fn boxed(mut run: Box<dyn FnMut()>) {
    Effect::new(move |_: Option<()>| run());
}

/// What follows from signals, as a memo has it, where much hangs on it: nothing there hears of a change before the
/// result is known to be another. (A memo has all that hangs on it look whether something has changed, down to the last
/// effect.) On the server it stays what it is at first.
pub fn settled<T: PartialEq + Send + Sync + 'static>(work_out: impl Fn() -> T + 'static) -> RwSignal<T> {
    let settled = RwSignal::new(untrack(&work_out));
    effect(move || {
        let now = work_out();
        if settled.with_untracked(|before| *before != now) {
            settled.set(now);
        }
    });
    settled
}

/// A part of the page, drawn anew whenever a signal has changed that it has read.
pub fn redrawn<V: IntoPart>(draw: impl Fn() -> V + Send + 'static) -> Part {
    anew(Box::new(move || draw().into_part()))
}

fn anew(draw: Box<dyn Fn() -> Part + Send>) -> Part {
    view! { {move || draw()} }.into_part()
}
