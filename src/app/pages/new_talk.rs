//! `/new`: a conversation with one person or with several. The field takes handles; with scripts a search puts them
//! there.

use super::layout::{Failed, Pane};
use crate::app::chat::Chat;
use crate::app::components::field::{Refused, use_refused};
use crate::app::components::icon::{Draw, Icon};
use crate::app::components::search::{Choice, Mark, Search, Way, choices, search_box};
use crate::app::loading::after;
use crate::app::part::{IntoPart, Part};
use crate::app::reader::use_texts;
use crate::app::state::Memo;
use crate::shared::refusal::Refusal;
use leptos::html::Input;
use leptos::prelude::*;

pub fn new_talk_page() -> Part {
    let refused = use_refused();
    after(move |known| match known {
        Ok(()) => view! { <NewTalk refused=refused.clone()/> }.into_part(),
        Err(refusal) => view! { <Failed refusal/> }.into_part(),
    })
}

#[component]
fn NewTalk(refused: Refused) -> impl IntoView {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    let field = NodeRef::<Input>::new();
    let search = Search::new("with");
    let people = Memo::new(move || {
        if search.query.with(String::is_empty) {
            return Vec::new();
        }
        let all = choices(chat, search, texts);
        let people = all
            .into_iter()
            .filter(|choice| matches!(choice.mark, Mark::Person(_)));
        people.collect::<Vec<_>>()
    });
    let choose = move |choice: Choice| {
        if let (Way::Path(path), Some(field)) = (choice.way, field.get_untracked()) {
            let typed = field.value();
            let handle = path.trim_start_matches('/');
            if !typed.split_whitespace().any(|known| known == handle) {
                field.set_value([typed.trim_end(), handle, ""].join(" ").trim_start());
            }
        }
        search.clear();
    };
    let wrong = refused
        .elsewhere()
        .or(refused.at("handle"))
        .map(|refusal| match refusal {
            Refusal::NotFound => texts.aside().nobody_found.to_owned(),
            refusal => texts.refusal(refusal),
        });
    let is_wrong = wrong.is_some();
    let wrong = wrong.map(|wrong| {
        view! { <p class="field__error" id="handles-error" role="alert">{wrong}</p> }.into_part()
    });
    view! {
        <Pane title=texts.new_talk>
            <div class="new-talk__search">{search_box(search, people, false, texts.aside().find_people, choose)}</div>
            <form class="form" method="post" action="/new">
                <div class="field">
                    <label for="handles">{texts.aside().talk_with}</label>
                    <input
                        id="handles"
                        name="handles"
                        type="text"
                        required
                        autocomplete="off"
                        autocapitalize="none"
                        spellcheck="false"
                        placeholder=texts.aside().talk_with_placeholder
                        value=refused.value("handles")
                        aria-invalid=is_wrong.then_some("true")
                        aria-describedby=if is_wrong { "handles-error" } else { "handles-hint" }
                        node_ref=field
                    />
                    {wrong}
                    <p class="field__hint" id="handles-hint">{texts.aside().talk_with_hint}</p>
                </div>
                <button class="button button--main">{texts.aside().begin_talk}</button>
            </form>
            <a class="button" href="/rooms/new"><Draw icon=Icon::Plus/> {texts.new_room}</a>
        </Pane>
    }
}
