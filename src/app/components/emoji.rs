//! All emoji there are, by groups and found by their names: to give one to a message.

use crate::app::components::dialog::{Dialog, opened};
use crate::app::effects::redrawn;
use crate::app::part::{IntoPart, Part};
use crate::app::reader::use_texts;
use crate::app::state::{Memo, RwSignal, StoredValue};
use crate::shared::ids::Position;
use crate::shared::json;
use js_sys::JsString;
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement, Response};
use send_wrapper::SendWrapper;

/// Those that are given most.
pub const QUICK: [&str; 6] = ["👍", "❤️", "😂", "🎉", "😮", "😢"];

/// Found at once, at most.
const FOUND: usize = 60;

/// The emoji, its name, and the words that it is found by.
type Named = (String, String, String);

/// Opens while an emoji is wanted for a message.
#[component]
pub fn EmojiPicker(
    wanted: RwSignal<Option<Position>>,
    choose: Box<dyn Fn(Position, String) + Send + Sync>,
) -> impl IntoView {
    let texts = use_texts();
    let open = opened(wanted);
    let choose = StoredValue::new(choose);
    let groups = RwSignal::new(None);
    let content = move || {
        if groups.with_untracked(Option::is_none) {
            spawn_local(async move { groups.set(Some(load(texts.lang.code()).await)) });
        }
        let chosen = move |emoji: String| {
            if let Some(position) = wanted.get_untracked() {
                choose.with_value(|choose| choose(position, emoji));
            }
            open.set(false);
        };
        picker(groups, chosen)
    };
    view! { <Dialog open class="emoji" label=texts.aside().more_emoji content=Box::new(content)/> }
}

/// The groups; none of them, where they can't be had.
async fn load(lang: &str) -> Vec<Vec<Named>> {
    let path = ["/emoji/", lang, ".json"].concat();
    let fetching = async move {
        let response: Response = window().fetch_with_str(&path).await.ok()?.unchecked_into();
        let text = response.text().ok()?.await.ok()?;
        json::read(text.as_string()?.as_bytes())
    };
    SendWrapper::new(fetching).await.unwrap_or_default()
}

fn picker(
    groups: RwSignal<Option<Vec<Vec<Named>>>>,
    chosen: impl Fn(String) + Copy + Send + Sync + 'static,
) -> Part {
    let texts = use_texts();
    let query = RwSignal::new(String::new());
    let list = NodeRef::<html::Div>::new();
    // One listener for all of them: there are two thousand.
    let click = move |event: leptos::ev::MouseEvent| {
        let target: Element = event_target(&event);
        if let Ok(Some(button)) = target.closest("button[data-emoji]") {
            chosen(button.get_attribute("data-emoji").unwrap_or_default());
        }
    };
    let found = Memo::new(move || {
        let query = query.with(|query| plain(query));
        let words: Vec<&str> = query.split_whitespace().collect();
        (!words.is_empty()).then(|| {
            groups.with(|groups| {
                let all = groups.iter().flatten().flatten();
                let fits = |named: &&Named| words.iter().all(|word| begins(&named.2, word));
                let (mut first, rest): (Vec<Named>, Vec<Named>) = all
                    .filter(fits)
                    .cloned()
                    .partition(|named| named.2.starts_with(words[0]));
                // Those whose names begin so come first.
                first.extend(rest);
                first.truncate(FOUND);
                first
            })
        })
    });
    // Enter in the field takes the first that was found.
    let first = move |event: &KeyboardEvent| {
        let sought = event.key() == "Enter" && !event.is_composing();
        let field = event_target::<Element>(event).tag_name() == "INPUT";
        let found = || found.with_untracked(|found| Some(found.as_ref()?.first()?.0.clone()));
        (sought && field).then(found).flatten()
    };
    let go = move |event: KeyboardEvent| {
        if let Some(emoji) = first(&event) {
            event.prevent_default();
            chosen(emoji);
        } else if let Some(list) = list.get_untracked()
            && step(&list, &event)
        {
            event.prevent_default();
        }
    };
    let shown = move || match (found.get(), groups.get()) {
        (_, None) => view! { <p class="emoji__none">{texts.aside().loading}</p> }.into_part(),
        (_, Some(groups)) if groups.is_empty() => {
            view! { <p class="emoji__none" role="alert">{texts.load_failed}</p> }.into_part()
        }
        (Some(found), _) if found.is_empty() => {
            view! { <p class="emoji__none" role="status">{texts.nothing_found}</p> }.into_part()
        }
        (Some(found), _) => grid(texts.aside().finder_emoji, found),
        (None, Some(groups)) => {
            let grids = groups.into_iter().zip(texts.emoji_groups);
            grids
                .map(|(group, name)| grid(name, group))
                .collect_view()
                .into_part()
        }
    };
    view! {
        <div class="emoji__box" on:keydown=go>
            <input
                class="emoji__search"
                type="search"
                autocomplete="off"
                placeholder=texts.aside().finder_emoji
                aria-label=texts.aside().finder_emoji
                autofocus
                on:input=move |event| query.set(event_target_value(&event))
            />
            <div class="emoji__list" node_ref=list on:click=click>{redrawn(shown)}</div>
        </div>
    }
    .into_part()
}

fn grid(name: &'static str, all: Vec<Named>) -> Part {
    let button = |(emoji, name, _): Named| {
        let (sign, label) = (emoji.clone(), name.clone());
        view! { <button type="button" data-emoji=emoji aria-label=label title=name tabindex="-1">{sign}</button> }
            .into_part()
    };
    view! {
        <section aria-label=name>
            <h3>{name}</h3>
            <div class="emoji__grid">{all.into_iter().map(button).collect_view()}</div>
        </section>
    }
    .into_part()
}

/// Lower case, ё as е; the browser has the table for that.
fn plain(text: &str) -> String {
    let lower: String = JsString::from(text).to_lower_case().into();
    lower.replace('ё', "е")
}

/// Whether one of the words begins so.
fn begins(words: &str, with: &str) -> bool {
    words.split(' ').any(|word| word.starts_with(with))
}

/// The arrows go from emoji to emoji; whether the key meant that.
fn step(list: &HtmlElement, event: &KeyboardEvent) -> bool {
    let Ok(all) = list.query_selector_all("button[data-emoji]") else {
        return false;
    };
    let at = |index: u32| {
        all.get(index)
            .and_then(|node| node.dyn_into::<HtmlElement>().ok())
    };
    let focus = document().active_element();
    let here = (0..all.length()).find(|index| {
        at(*index).is_some_and(|one| focus.as_ref().is_some_and(|focus| one.is_same_node(Some(focus))))
    });
    let row = i64::from(columns(&at, all.length()));
    let step = match (event.key().as_str(), here) {
        ("ArrowDown", None) => 0,
        ("ArrowDown", _) => row,
        ("ArrowUp", Some(_)) => -row,
        ("ArrowRight", Some(_)) => 1,
        ("ArrowLeft", Some(_)) => -1,
        _ => return false,
    };
    let next = here.map_or(0, i64::from) + step;
    match u32::try_from(next).ok().and_then(at) {
        Some(button) => _ = button.focus(),
        // Above the first row is the search.
        None if next < 0 => {
            let search = list
                .parent_element()
                .and_then(|parent| parent.query_selector("input").ok().flatten());
            if let Some(search) = search.and_then(|search| search.dyn_into::<HtmlElement>().ok()) {
                _ = search.focus();
            }
        }
        None => {}
    }
    true
}

/// How many stand in a row.
fn columns(at: &impl Fn(u32) -> Option<HtmlElement>, count: u32) -> u32 {
    let top = at(0).map_or(0, |first| first.offset_top());
    let row = (0..count).take_while(|index| at(*index).is_some_and(|one| one.offset_top() == top));
    (row.count() as u32).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(json: &str) -> Vec<Vec<Named>> {
        json::read(json.as_bytes()).expect("groups")
    }

    #[test]
    fn whatever_is_offered_the_server_takes() {
        for (json, groups) in [
            (
                include_str!("../../../public/emoji/ru.json"),
                &crate::i18n::Lang::Ru.texts().emoji_groups,
            ),
            (
                include_str!("../../../public/emoji/en.json"),
                &crate::i18n::Lang::En.texts().emoji_groups,
            ),
        ] {
            let offered = all(json);
            assert_eq!(offered.len(), groups.len());
            for (emoji, name, words) in offered.into_iter().flatten() {
                let known = emojis::get(&emoji).map(emojis::Emoji::as_str);
                assert_eq!(known, Some(emoji.as_str()), "{name}");
                assert!(!name.is_empty() && !words.is_empty());
            }
        }
        assert!(
            QUICK
                .iter()
                .all(|emoji| emojis::get(emoji).is_some_and(|known| known.as_str() == *emoji))
        );
    }

    #[test]
    fn an_emoji_is_found_by_the_beginnings_of_its_words() {
        assert!(begins("кот улыбается", "улыб"));
        assert!(!begins("кот улыбается", "бается"));
    }
}
