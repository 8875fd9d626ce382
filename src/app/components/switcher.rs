//! Ctrl+K: to any person, room or page from wherever one is, and what else can be done, by name.

use crate::app::chat::Chat;
use crate::app::components::dialog::Dialog;
use crate::app::components::icon::Icon;
use crate::app::components::search::{Choice, Mark, Search, Way, choices, plain, search_box};
use crate::app::look;
use crate::app::part::IntoPart;
use crate::app::reader::use_texts;
use crate::app::state::{Memo, RwSignal};
use crate::i18n::Texts;
use crate::shared::look::THEME;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

#[component]
pub fn Switcher(open: RwSignal<bool>, shortcuts: RwSignal<bool>) -> impl IntoView {
    let texts = use_texts();
    let switch = move || {
        let chat = expect_context::<Chat>();
        let search = Search::new("switcher");
        let all = Memo::new(move || {
            let mut all = choices(chat, search, texts);
            let query = search.query.with(|query| plain(query));
            for one in commands(chat, texts) {
                let known = all.iter().any(|choice| choice.way == one.way);
                if !known && plain(&one.title).contains(&query) {
                    all.push(one);
                }
            }
            all
        });
        let navigate = use_navigate();
        let choose = move |choice: Choice| {
            open.set(false);
            match choice.way {
                Way::Path(path) => navigate(&path, NavigateOptions::default()),
                Way::Theme(code) => look::choose(&THEME, code),
                Way::Shortcuts => shortcuts.set(true),
            }
        };
        view! { <div class="switcher__box">{search_box(search, all, true, texts.go_to, choose)}</div> }
            .into_part()
    };
    view! { <Dialog open class="switcher" label=texts.go_to content=Box::new(switch)/> }
}

/// What can be done by name.
fn commands(chat: Chat, texts: &Texts) -> Vec<Choice> {
    let page = |path: &str, title: &str, icon| Choice {
        way: Way::Path(path.to_owned()),
        title: title.to_owned(),
        sub: texts.aside().command.to_owned(),
        mark: Mark::Icon(icon),
        picture: None,
    };
    let saved = chat
        .me
        .with_untracked(|me| me.as_ref().map(|me| ["/@", &me.handle].concat()));
    let mut all = vec![
        page(&saved.unwrap_or_default(), texts.saved, Icon::Saved),
        page("/new", texts.new_talk, Icon::People),
        page("/rooms/new", texts.new_room, Icon::Plus),
        page("/rooms", texts.open_rooms, Icon::Rooms),
        page("/scheduled", texts.aside().scheduled, Icon::Clock),
        page("/settings", texts.settings, Icon::Settings),
        Choice {
            way: Way::Shortcuts,
            ..page("", texts.aside().shortcuts, Icon::Keyboard)
        },
    ];
    let themes = THEME.codes.iter().zip(texts.themes);
    all.extend(themes.map(|(code, name)| Choice {
        way: Way::Theme(code),
        ..page("", &[texts.aside().theme, ": ", name].concat(), Icon::Look)
    }));
    all
}
