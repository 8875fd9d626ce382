//! What lies over the page: a `<dialog>`, which takes the focus, keeps it, and gives it back.

use crate::app::effects::{effect, redrawn};
use crate::app::part::{IntoPart, Part};
use crate::app::state::RwSignal;
use leptos::ev::MouseEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlDialogElement;

/// Draws what stands in a dialog, each time that it opens.
pub type Draw = Box<dyn Fn() -> Part + Send>;

/// It is there while `open` is true; Esc and a press beside it end that.
#[component]
pub fn Dialog(
    open: RwSignal<bool>,
    class: &'static str,
    label: &'static str,
    content: Draw,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    // It goes only after it has given the focus back.
    let drawn = RwSignal::new(false);
    effect(move || {
        if open.get() {
            drawn.set(true);
        } else if let Some(dialog) = node.get_untracked() {
            dialog.close();
        }
    });
    effect(move || {
        if let Some(dialog) = node.get() {
            _ = dialog.show_modal();
        }
    });
    let closed = move |_| {
        open.set(false);
        drawn.set(false);
    };
    // Whatever is in it fills it: what is pressed itself is beside it.
    let pressed = move |event: MouseEvent| {
        let beside = event
            .target()
            .and_then(|target| target.dyn_into::<HtmlDialogElement>().ok());
        if let Some(dialog) = beside {
            dialog.close();
        }
    };
    redrawn(move || {
        drawn.get().then(|| {
            view! {
                <dialog class=class aria-label=label node_ref=node on:close=closed on:click=pressed>
                    {content()}
                </dialog>
            }
            .into_part()
        })
    })
}

/// Whether a dialog is open that is there for something: it opens when that is wanted, and nothing is wanted any more
/// once it has closed.
pub fn opened<T: Send + Sync + 'static>(wanted: RwSignal<Option<T>>) -> RwSignal<bool> {
    let open = RwSignal::new(false);
    effect(move || {
        if wanted.with(Option::is_some) {
            open.set(true);
        }
    });
    effect(move || {
        if !open.get() && wanted.with_untracked(Option::is_some) {
            wanted.set(None);
        }
    });
    open
}
