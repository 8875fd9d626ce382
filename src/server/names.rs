//! Handles and names: what may stand in them, when two of them look alike, and how they are found.

use crate::shared::limits;
use crate::shared::refusal::Refusal;
use std::fmt;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_security::confusable_detection::skeleton;

/// What a person is called by: unique, lower case, without the `@`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Handle(String);

impl Handle {
    /// Reads what somebody typed, with the `@` or without.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        let handle = folded(text.strip_prefix('@').unwrap_or(text));
        let (least, most) = limits::HANDLE_CHARS;
        let fits = (least..=most).contains(&handle.chars().count());
        let begins = handle.chars().next().is_some_and(is_letter_or_digit);
        let spelt = handle
            .chars()
            .all(|c| is_letter_or_digit(c) || matches!(c, '_' | '-' | '.'));
        if fits && begins && spelt {
            Ok(Self(handle))
        } else {
            Err(Refusal::HandleInvalid)
        }
    }

    /// A handle for somebody who has only said their name: in Latin letters where it is Cyrillic, with points between
    /// its words.
    pub fn of_name(name: &DisplayName) -> Self {
        const LONGEST: usize = 24;
        let spelt: String = folded(name.as_str()).chars().map(spelt).collect();
        let words: Vec<&str> = spelt.split(|c: char| !is_letter_or_digit(c)).collect();
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        let short: String = words.join(".").chars().take(LONGEST).collect();
        Self::parse(short.trim_end_matches('.')).unwrap_or_else(|_| Self("guest".into()))
    }

    /// The same with a number, for where that is taken.
    pub fn numbered(&self, number: u32) -> Self {
        Self(format!("{}{number}", self.0))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }

    /// The same for handles that an eye could take for one another: `pavel` with a Latin or a
    /// Cyrillic `a`, `b0b` and `bob`, `a1` and `al`.
    pub fn lookalike_key(&self) -> String {
        // `ё` goes first: the skeleton would take it apart into a letter and its dots. A skeleton
        // has capitals in it (that of `0` is `O`), hence the second pass.
        let letters = self.0.replace('ё', "е");
        skeleton(&letters).flat_map(char::to_lowercase).collect()
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $most:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// Reads what somebody typed; white space is tidied up.
            pub fn parse(text: &str) -> Result<Self, Refusal> {
                visible_name(text, $most).map(Self)
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }

            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// A person's name as others see it. Not unique.
    DisplayName,
    limits::NAME_CHARS
);
name!(
    /// A room's name. Not unique.
    RoomName,
    limits::ROOM_NAME_CHARS
);

/// What names and searches for them are compared by: without case, compatibility forms and the
/// dots of `ё`.
pub fn search_key(text: &str) -> String {
    folded(text).replace('ё', "е")
}

/// Draws nothing, or changes how its neighbours are drawn: control and format characters, bidi
/// overrides, fillers, noncharacters. White space isn't meant by it, unless it is a control character.
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || u32::from(c) & 0xFFFE == 0xFFFE
        || matches!(c,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{70F}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FDD0}'..='\u{FDEF}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFC}'
            | '\u{13430}'..='\u{1343F}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}')
}

/// Without case and compatibility forms. Lower case can undo a composition, so it is composed again.
fn folded(text: &str) -> String {
    let lower: String = text.nfkc().flat_map(char::to_lowercase).collect();
    lower.nfkc().collect()
}

/// A Cyrillic letter as it is spelt in Latin ones, lower case; any other as it is.
fn spelt(c: char) -> String {
    const LETTERS: &str = "абвгдезийклмнопрстуфыэёжхцчшщюяіїєґўъь";
    const SPELT: [&str; 38] = [
        "a", "b", "v", "g", "d", "e", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f",
        "y", "e", "yo", "zh", "h", "ts", "ch", "sh", "sch", "yu", "ya", "i", "yi", "ye", "g", "u", "", "",
    ];
    let found = LETTERS.chars().position(|letter| letter == c);
    found.map_or_else(|| c.to_string(), |at| SPELT[at].to_owned())
}

fn is_letter_or_digit(c: char) -> bool {
    c.is_alphanumeric() && !is_invisible(c)
}

/// A name that can be seen and doesn't reach beyond itself.
fn visible_name(text: &str, most: usize) -> Result<String, Refusal> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let name: Vec<char> = words.join(" ").nfc().collect();
    let shows = |c: &char| !c.is_whitespace() && !is_invisible(*c) && !is_combining_mark(*c);
    let hides = |at| is_invisible(name[at]) && !belongs_to_emoji(&name, at);
    if name.len() > most || !name.iter().any(shows) || (0..name.len()).any(hides) {
        return Err(Refusal::NameInvalid);
    }
    Ok(name.into_iter().collect())
}

/// Emoji are put together with characters that are invisible themselves: a selector behind one
/// (`❤️`, `1️⃣`) and a joiner between two (`👩‍💻`).
fn belongs_to_emoji(name: &[char], at: usize) -> bool {
    let before = name[..at].last().copied();
    let after = name.get(at + 1).copied();
    match name[at] {
        '\u{FE0E}' | '\u{FE0F}' => before.is_some_and(is_emoji) || after == Some('\u{20E3}'),
        '\u{200D}' => before.is_some_and(|c| is_emoji(c) || c == '\u{FE0F}') && after.is_some_and(is_emoji),
        _ => false,
    }
}

/// Roughly: the blocks that emoji and their skin tones are in.
fn is_emoji(c: char) -> bool {
    matches!(c,
        '©' | '®' | '‼' | '⁉' | '™' | 'ℹ' | '〰' | '〽' | '㊗' | '㊙'
        | '\u{2190}'..='\u{27BF}' | '\u{2900}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handle(text: &str) -> String {
        Handle::parse(text)
            .unwrap_or_else(|refusal| panic!("{text:?}: {refusal}"))
            .into_string()
    }

    fn key(text: &str) -> String {
        Handle::parse(text).unwrap().lookalike_key()
    }

    #[test]
    fn a_handle_is_lower_case_without_the_at_sign() {
        assert_eq!(handle("  @Anna.K "), "anna.k");
        assert_eq!(handle("Ёлка-2"), "ёлка-2");
        assert_eq!(handle("ＡＢ"), "ab");
        assert_eq!(handle("ﬁx"), "fix");
        assert_eq!(handle("и\u{306}од"), "йод");
        assert_eq!(handle("山田"), "山田");
        assert_eq!(handle("7up"), "7up");
    }

    #[test]
    fn a_name_gives_a_handle() {
        for (name, handle) in [
            ("Анна Каренина", "anna.karenina"),
            ("Пётр Щукин-Ёлкин", "pyotr.schukin.yolkin"),
            ("Игорь Подъячев", "igor.podyachev"),
            ("Їжак Євген", "yizhak.yevgen"),
            ("Zoë O'Neil 2", "zoë.o.neil.2"),
            ("山田", "山田"),
            ("👍", "guest"),
            ("Ю", "yu"),
            ("I", "guest"),
            (&"я".repeat(64), &"ya".repeat(12)),
        ] {
            let made = Handle::of_name(&DisplayName::parse(name).unwrap());
            assert_eq!(made.as_str(), handle);
            let numbered = made.numbered(1_000_000);
            assert_eq!(Handle::parse(numbered.as_str()), Ok(numbered));
        }
    }

    #[test]
    fn a_handle_of_anything_else_is_refused() {
        let long = "a".repeat(33);
        for text in [
            "",
            "@",
            "a",
            "@@anna",
            "_anna",
            "-anna",
            ".anna",
            "an na",
            "an\u{200B}na",
            "an/na",
            "anna!",
            "a@b",
            "\u{3164}\u{3164}",
            "a\u{1160}",
            "an\u{202E}na",
            "👍👍",
            "a\nb",
            &long,
        ] {
            assert_eq!(Handle::parse(text), Err(Refusal::HandleInvalid), "{text:?}");
        }
        assert_eq!(handle(&"я".repeat(32)).chars().count(), 32);
    }

    #[test]
    fn a_handle_reads_back_as_itself() {
        for c in (0..=0x1FFFF).filter_map(char::from_u32) {
            if let Ok(handle) = Handle::parse(&format!("a{c}")) {
                assert_eq!(Handle::parse(handle.as_str()), Ok(handle), "{c:?}");
            }
        }
    }

    #[test]
    fn lookalikes_share_a_key() {
        for (one, other) in [
            ("pavel", "pаvel"),
            ("bob", "b0b"),
            ("al", "a1"),
            ("сосо", "coco"),
            ("Ёлка", "елка"),
            ("modern", "rnodern"),
        ] {
            assert_ne!(handle(one), handle(other));
            assert_eq!(key(one), key(other), "{one} {other}");
        }
    }

    #[test]
    fn different_handles_have_different_keys() {
        for (one, other) in [
            ("anna", "anne"),
            ("иван", "йван"),
            ("a.b", "a-b"),
            ("bob", "bod"),
            ("user2", "user3"),
        ] {
            assert_ne!(key(one), key(other), "{one} {other}");
        }
    }

    #[test]
    fn a_name_keeps_its_words_and_loses_spare_space() {
        let name = |text| DisplayName::parse(text).unwrap().into_string();
        assert_eq!(name("  Анна \t Каренина\n"), "Анна Каренина");
        assert_eq!(name("e\u{301}"), "é");
        assert_eq!(name("a\u{3000}b\u{2028}c"), "a b c");
        assert_eq!(RoomName::parse("# General!").unwrap().as_str(), "# General!");
    }

    #[test]
    fn a_name_that_hides_something_is_refused() {
        for text in [
            "",
            " \n",
            "\u{301}",
            "a\u{0}b",
            "a\u{200B}b",
            "a\u{200D}b",
            "a\u{202E}b",
            "a\u{2066}b",
            "\u{FEFF}a",
            "\u{3164}",
            "\u{2800}",
            "a\u{AD}b",
            "a\u{FE0F}b",
            "\u{E0041}a",
            "a\u{1b}[31m",
            "a\u{FFFF}",
        ] {
            assert_eq!(DisplayName::parse(text), Err(Refusal::NameInvalid), "{text:?}");
            assert_eq!(RoomName::parse(text), Err(Refusal::NameInvalid), "{text:?}");
        }
    }

    #[test]
    fn a_name_may_have_emoji_of_several_parts() {
        for text in ["👩‍💻 dev", "❤️", "👩🏽‍🚀", "🏳️‍🌈", "1️⃣", "👨‍👩‍👧"]
        {
            assert_eq!(DisplayName::parse(text).unwrap().as_str(), text);
        }
        assert!(DisplayName::parse("👩\u{200D}").is_err());
        assert!(DisplayName::parse("\u{200D}👩").is_err());
    }

    #[test]
    fn a_name_is_as_long_as_its_limit_allows() {
        assert!(DisplayName::parse(&"я".repeat(limits::NAME_CHARS)).is_ok());
        assert_eq!(
            DisplayName::parse(&"я".repeat(limits::NAME_CHARS + 1)),
            Err(Refusal::NameInvalid)
        );
        assert_eq!(
            RoomName::parse(&"я".repeat(limits::ROOM_NAME_CHARS + 1)),
            Err(Refusal::NameInvalid)
        );
    }

    #[test]
    fn a_search_ignores_case_width_and_the_dots_of_yo() {
        assert_eq!(search_key("Ёлка"), search_key("ЕЛКА"));
        assert_eq!(search_key("е\u{308}ж"), "еж");
        assert_eq!(search_key("Ｇｅｎｅｒａｌ"), "general");
        assert_ne!(search_key("мой"), search_key("мои"));
    }
}
