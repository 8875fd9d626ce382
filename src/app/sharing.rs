//! What was shared with the messenger from elsewhere: how it comes into a conversation's field.

use super::chat::Chat;
use crate::app::effects::effect;
use crate::shared::ids::RoomId;
use crate::shared::limits::DRAFT_CHARS;
use crate::shared::query;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

/// What was shared as one text. Systems like to say a thing twice: what another part says too is left out.
pub fn together(parts: [String; 3]) -> String {
    let mut told: Vec<&str> = Vec::new();
    for part in parts.iter().map(|part| part.trim()) {
        if !told.iter().any(|other| other.contains(part)) {
            told.retain(|other| !part.contains(other));
            told.push(part);
        }
    }
    shortened(&told.join("\n"))
}

fn shortened(text: &str) -> String {
    text.chars().take(DRAFT_CHARS).collect()
}

/// A value in this page's address.
pub fn value(name: &str) -> Option<String> {
    use_location()
        .search
        .with_untracked(|search| query::value(search, name))
}

/// What stands in the field of the conversation at this address, if something was shared with it.
pub fn shared_text() -> Option<String> {
    value("text")
        .map(|text| shortened(text.replace("\r\n", "\n").trim()))
        .filter(|text| !text.is_empty())
}

/// Makes it the room's draft, once a browser has taken over, and takes it out of the address: a reload brings the
/// draft, and not the text again.
pub fn take_shared_text(chat: Chat, room: RoomId) {
    let Some(text) = shared_text() else { return };
    let (path, navigate) = (use_location().pathname, use_navigate());
    effect(move || {
        chat.add_to_draft(room, &text);
        let in_its_place = NavigateOptions {
            replace: true,
            ..NavigateOptions::default()
        };
        navigate(&path.get_untracked(), in_its_place);
    });
}

#[cfg(test)]
mod tests {
    use super::{DRAFT_CHARS, together};

    #[test]
    fn what_is_said_twice_is_shared_once() {
        let said = |title: &str, text: &str, url: &str| together([title.into(), text.into(), url.into()]);
        assert_eq!(said("", "", ""), "");
        assert_eq!(
            said("Новость", "", "https://a.example/1"),
            "Новость\nhttps://a.example/1"
        );
        assert_eq!(
            said("Новость", " https://a.example/1 ", "https://a.example/1"),
            "Новость\nhttps://a.example/1"
        );
        assert_eq!(
            said("Новость", "Новость https://a.example/1", ""),
            "Новость https://a.example/1"
        );
        assert_eq!(said("a", "a", "a"), "a");
        assert_eq!(
            said("", &"ж".repeat(2 * DRAFT_CHARS), "").chars().count(),
            DRAFT_CHARS
        );
    }
}
