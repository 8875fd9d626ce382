//! A person or a room, small and round: initials on a colour that stays theirs, or a picture.

use crate::app::components::icon::{Draw, Icon};
use crate::app::part::{IntoPart, Part};
use crate::shared::user::picture_path;
use leptos::prelude::*;

/// How many hues there are; the style sheet knows as many.
const HUES: i64 = 8;

/// `id` is that of whoever it stands for. Decoration: the name always stands beside it.
#[component]
pub fn Avatar(
    id: i64,
    #[prop(into)] name: String,
    #[prop(optional)] room: bool,
    /// The hash of a picture, which lies over the initials.
    #[prop(optional_no_strip)]
    picture: Option<String>,
) -> impl IntoView {
    let shape = if room { "room" } else { "person" };
    let picture =
        picture.map(|hash| view! { <img src=picture_path(&hash) alt="" loading="lazy"/> }.into_part());
    view! {
        <span class="avatar" data-hue=id.rem_euclid(HUES).to_string() data-shape=shape aria-hidden="true">
            {initials(&name)}
            {picture}
        </span>
    }
}

/// What a conversation is shown by: one's own notes by their sign.
pub fn face(saved: bool, id: i64, room: bool, name: String, picture: Option<String>) -> Part {
    match saved {
        true => view! { <span class="room__icon"><Draw icon=Icon::Saved/></span> }.into_part(),
        false => view! { <Avatar id name room picture/> }.into_part(),
    }
}

/// Letters and digits, roughly: Unicode's own table would weigh more than the rest of the avatar.
fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c, '\u{c0}'..='\u{1fff}' | '\u{2c00}'..='\u{2dff}' | '\u{3040}'..='\u{d7ff}' | '\u{f900}'..='\u{fdff}')
}

/// As written; the style sheet makes them capitals. The first letters of the first and the last word; of one word, its first letter.
fn initials(name: &str) -> String {
    let mut letters = name
        .split_whitespace()
        .filter_map(|word| word.chars().find(|c| is_letter(*c)));
    let (first, last) = (letters.next(), letters.next_back());
    let initials: String = first.into_iter().chain(last).collect();
    if initials.is_empty() { "#".into() } else { initials }
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_of_the_first_and_the_last_word() {
        assert_eq!(initials("Анна Петровна Белова"), "АБ");
        assert_eq!(initials("anna"), "a");
        assert_eq!(initials("«Ёлка» и друзья"), "Ёд");
        assert_eq!(initials("🎄"), "#");
        assert_eq!(initials(""), "#");
    }
}
