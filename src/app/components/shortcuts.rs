//! `?`: all that the keyboard does.

use crate::app::components::dialog::Dialog;
use crate::app::components::icon::{Draw, Icon};
use crate::app::part::IntoPart;
use crate::app::reader::use_texts;
use crate::app::state::RwSignal;
use leptos::prelude::*;

#[component]
pub fn Shortcuts(open: RwSignal<bool>) -> impl IntoView {
    let texts = use_texts();
    let list = move || {
        let lines = texts.keys.map(|(keys, words)| {
            let keys = keys
                .split(' ')
                .map(|key| view! { <kbd>{key}</kbd> })
                .collect_view();
            view! { <div><dt>{words}</dt><dd>{keys}</dd></div> }
        });
        view! {
            <div class="shortcuts__box">
                <header>
                    <h2>{texts.aside().shortcuts}</h2>
                    <button type="button" class="icon-button" aria-label=texts.close on:click=move |_| open.set(false)>
                        <Draw icon=Icon::Close/>
                    </button>
                </header>
                <dl>{lines.into_iter().collect_view()}</dl>
            </div>
        }
        .into_part()
    };
    view! { <Dialog open class="shortcuts" label=texts.aside().shortcuts content=Box::new(list)/> }
}
