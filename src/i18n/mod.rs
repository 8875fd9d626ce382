//! What the page says, in each language. A language is one constant of [`Texts`]: a key that is
//! missing in one of them doesn't compile. Whole sentences with their numbers in them are
//! functions, so that each language bends its words by its own rules.

mod calendar;
pub(crate) mod en;
pub mod loading;
pub(crate) mod ru;

pub use calendar::{Calendar, DayNumber};

use crate::shared::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// A language that the page is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lang {
    #[default]
    Ru,
    En,
}

impl Lang {
    /// Every language, in the order in which the switch offers them.
    pub const ALL: [Lang; 2] = [Lang::Ru, Lang::En];

    /// Everything that the page says in this language. A browser has it only once it is [loaded](loading::load).
    pub const fn texts(self) -> &'static Texts {
        match self {
            Lang::Ru => &ru::TEXTS,
            Lang::En => &en::TEXTS,
        }
    }

    /// Apart from [`texts`](Self::texts), since most pages have no use for them.
    pub const fn aside(self) -> &'static AsideTexts {
        match self {
            Lang::Ru => &ru::ASIDE,
            Lang::En => &en::ASIDE,
        }
    }

    pub const fn seldom(self) -> &'static SeldomTexts {
        match self {
            Lang::Ru => &ru::SELDOM,
            Lang::En => &en::SELDOM,
        }
    }

    /// The name that the file begins with from which a browser [loads](loading::load) its texts.
    pub const fn chunk(self) -> Option<&'static str> {
        match self {
            Lang::Ru => None,
            Lang::En => Some("split_english"),
        }
    }

    /// Its BCP 47 code, as in `<html lang>` and in the cookie.
    pub const fn code(self) -> &'static str {
        match self {
            Lang::Ru => "ru",
            Lang::En => "en",
        }
    }

    /// Its own name for itself.
    pub const fn name(self) -> &'static str {
        match self {
            Lang::Ru => "Русский",
            Lang::En => "English",
        }
    }

    /// The language of a code, a regional one (`en-GB`) included.
    pub fn from_code(code: &str) -> Option<Lang> {
        let language = code.split(['-', '_']).next().unwrap_or(code).trim();
        Lang::ALL
            .into_iter()
            .find(|lang| lang.code().eq_ignore_ascii_case(language))
    }

    /// The best of ours for an `Accept-Language` header. Readers of none of them get English,
    /// except those of the languages whose readers mostly read Russian too.
    pub fn from_accept_language(header: &str) -> Lang {
        let mut wanted: Vec<(f32, &str)> = header.split(',').filter_map(weighed).collect();
        // A stable sort: equal weights stay in the order of the header.
        wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
        let ours = wanted.iter().find_map(|(_, code)| Lang::from_code(code));
        ours.unwrap_or_else(|| match wanted.first() {
            None => Lang::default(),
            Some((_, code)) if READS_RUSSIAN.contains(&primary(code).as_str()) => Lang::Ru,
            Some(_) => Lang::En,
        })
    }
}

const READS_RUSSIAN: [&str; 7] = ["be", "kk", "ky", "tg", "tt", "ba", "cv"];

fn primary(code: &str) -> String {
    code.split('-').next().unwrap_or(code).to_ascii_lowercase()
}

/// `en-GB;q=0.8` as (0.8, "en-GB"); nothing for `*`, for what is refused by `q=0` and for nonsense.
fn weighed(part: &str) -> Option<(f32, &str)> {
    let mut fields = part.split(';').map(str::trim);
    let code = fields.next().filter(|code| !code.is_empty() && *code != "*")?;
    let weight = match fields.find_map(|field| field.strip_prefix("q=")) {
        Some(q) => q.parse().ok().filter(|q: &f32| *q > 0.0)?,
        None => 1.0,
    };
    Some((weight, code))
}

/// Everything that the page says.
pub struct Texts {
    pub lang: Lang,

    // The house
    pub app: &'static str,
    pub language: &'static str,
    pub back: &'static str,
    pub close: &'static str,
    pub try_again: &'static str,
    pub load_failed: &'static str,
    /// Somebody whose name isn't known here.
    pub somebody: &'static str,
    /// For those who go by keyboard, past the list.
    pub to_content: &'static str,
    pub cancel: &'static str,

    // Settings
    pub settings: &'static str,
    /// In the order of [`look::THEME`](crate::shared::look::THEME).
    pub themes: [&'static str; 3],
    /// In the order of [`look::ACCENT`](crate::shared::look::ACCENT).
    pub accents: [&'static str; 4],
    /// In the order of [`look::DENSITY`](crate::shared::look::DENSITY).
    pub densities: [&'static str; 2],

    // The keyboard
    pub go_to: &'static str,
    /// Keys, with a space between two, and what they do.
    pub keys: [(&'static str, &'static str); 7],

    // Accounts
    /// The name of the room that the first run makes.
    pub first_room: &'static str,

    // The list at the side and the search
    pub conversations: &'static str,
    pub people: &'static str,
    pub new_room: &'static str,
    pub open_rooms: &'static str,
    pub finder_placeholder: &'static str,
    pub find: &'static str,
    pub found_title: &'static str,
    pub nothing_found: &'static str,
    pub no_conversations: &'static str,
    pub no_conversations_lead: &'static str,
    pub no_messages: &'static str,
    /// Before the reader's own words in the list.
    pub you_prefix: &'static str,
    pub draft_prefix: &'static str,
    pub saved: &'static str,
    pub saved_sub: &'static str,
    /// For a screen reader, beside a badge.
    pub unread: fn(u32) -> String,
    /// More are unread than are counted.
    pub unread_many: &'static str,

    // What one keeps for oneself of a conversation
    pub conversation: &'static str,
    /// For an hour, for eight hours, for good.
    pub mute: [&'static str; 3],
    /// How many conversations are put away.
    pub archive: fn(u32) -> String,
    /// A button, and the menu that it opens, of the conversation of that name.
    pub actions_for: fn(&str) -> String,
    /// For a screen reader: what stands on a line of the list as a sign.
    pub pinned: &'static str,
    pub muted: &'static str,
    pub marked: &'static str,

    // People
    pub write: &'static str,
    /// Somebody's name.
    pub you_blocked: fn(&str) -> String,
    pub you_blocked_lead: &'static str,

    // A conversation of several
    pub new_talk: &'static str,

    // Oneself
    pub profile: &'static str,

    // Making, joining and leaving rooms
    pub room_name: &'static str,
    pub members: fn(u32) -> String,
    pub join: &'static str,
    pub join_lead: &'static str,
    pub details: &'static str,
    /// How many people more are in the room than are named.
    pub and_more: fn(u32) -> String,

    // A conversation
    pub choose_conversation: &'static str,
    pub choose_conversation_lead: &'static str,
    pub messages: &'static str,
    pub be_first: &'static str,
    pub be_first_lead: &'static str,
    pub say_hello: fn(&str) -> String,
    pub say_hello_lead: &'static str,
    pub saved_empty: &'static str,
    pub older: &'static str,
    pub newer: &'static str,
    pub newest: &'static str,
    pub new_messages: &'static str,
    pub to_the_end: &'static str,
    /// Of the one other person.
    pub typing_alone: &'static str,
    /// Of one or several, by name.
    pub typing: fn(&[&str]) -> String,
    pub online: &'static str,
    /// Before the time today, before the time yesterday, before the date.
    pub seen: [&'static str; 3],
    /// Of one's own message: sent, delivered, read.
    pub marks: [&'static str; 3],
    /// For those who listen: so many have come at once.
    pub new_count: fn(u32) -> String,

    // A message
    pub write_message: &'static str,
    pub send: &'static str,
    pub pending: &'static str,
    pub not_sent: &'static str,
    pub retry: &'static str,
    pub edit: &'static str,
    /// Over the field, while a message that was sent is changed in it.
    pub editing: &'static str,
    pub discard: &'static str,
    pub deleted: &'static str,
    pub edited: &'static str,
    /// How many characters more than fit.
    pub chars_over: fn(usize) -> String,
    /// How many characters still fit.
    pub chars_left: fn(usize) -> String,

    // What can be done with a message
    pub actions: &'static str,
    pub answering: &'static str,
    pub forwarded_from: &'static str,
    pub pinned_message: &'static str,
    pub silent: &'static str,
    pub not_shown: &'static str,
    pub next_mention: &'static str,
    /// In the order of the groups in `public/emoji`.
    pub emoji_groups: [&'static str; 9],

    // The connection
    pub connecting: &'static str,
    pub offline: &'static str,
    /// How many messages wait to be sent.
    pub waiting: fn(usize) -> String,
    /// On a button that loads the page anew.
    pub new_version: &'static str,

    // Sharing
    pub share_title: &'static str,

    // Pages that are not there
    pub not_found_title: &'static str,
    pub not_found_lead: &'static str,
    pub to_start: &'static str,

    pub refusals: Refusals,
    pub calendar: Calendar,
}

/// What comes with the pages beside the conversations (`app::later`), all languages together.
pub struct AsideTexts {
    pub save: &'static str,
    pub appearance: &'static str,
    pub theme: &'static str,
    pub accent: &'static str,
    pub density: &'static str,
    pub account: &'static str,
    /// What stands under a command's name.
    pub command: &'static str,
    pub shortcuts: &'static str,
    pub sign_out: &'static str,
    pub rooms: &'static str,
    pub nothing_found_for: fn(&str) -> String,
    pub pin: &'static str,
    pub unpin: &'static str,
    pub unmute: &'static str,
    pub archive_it: &'static str,
    pub unarchive: &'static str,
    pub mark_unread: &'static str,
    pub mark_read: &'static str,
    pub block: &'static str,
    pub unblock: &'static str,
    pub common_rooms: &'static str,
    /// What time it is for somebody.
    pub local_time: fn(&str) -> String,
    pub find_people: &'static str,
    pub talk_with: &'static str,
    pub talk_with_placeholder: &'static str,
    pub talk_with_hint: &'static str,
    pub begin_talk: &'static str,
    pub nobody_found: &'static str,
    pub name: &'static str,
    pub about: &'static str,
    pub about_placeholder: &'static str,
    pub show_zone: &'static str,
    pub privacy: &'static str,
    pub shows_reading: &'static str,
    pub shows_presence: &'static str,
    pub privacy_hint: &'static str,
    pub readers: &'static str,
    pub picture: &'static str,
    pub picture_hint: &'static str,
    pub set_picture: &'static str,
    pub remove_picture: &'static str,
    pub blocked_people: &'static str,
    pub room_name_placeholder: &'static str,
    pub room_kind: &'static str,
    pub room_open: &'static str,
    pub room_open_hint: &'static str,
    pub room_invited: &'static str,
    pub room_invited_hint: &'static str,
    pub make_room: &'static str,
    /// On a button beside the room's name.
    pub join_short: &'static str,
    pub leave: &'static str,
    pub open: &'static str,
    pub add_person: &'static str,
    pub add_person_handle: &'static str,
    pub add: &'static str,
    pub no_open_rooms: &'static str,
    pub answer: &'static str,
    pub forward: &'static str,
    pub forward_to: &'static str,
    pub copy_text: &'static str,
    pub copy_link: &'static str,
    pub text_copied: &'static str,
    pub not_copied: &'static str,
    pub pin_message: &'static str,
    pub unpin_message: &'static str,
    pub who_responded: &'static str,
    pub who_read: &'static str,
    pub responses: &'static str,
    pub no_responses: &'static str,
    pub earlier_texts: &'static str,
    pub select: &'static str,
    pub selected: fn(u32) -> String,
    pub delete: &'static str,
    pub undo: &'static str,
    pub messages_deleted: fn(u32) -> String,
    pub nothing_of_yours: &'static str,
    pub more_emoji: &'static str,
    pub finder_emoji: &'static str,
    pub loading: &'static str,
    pub pins: &'static str,
    pub other_ways: &'static str,
    pub send_silently: &'static str,
    pub send_later: &'static str,
    pub in_an_hour: &'static str,
    /// A time of day.
    pub today_at: fn(&str) -> String,
    pub tomorrow_at: fn(&str) -> String,
    /// A day and a time of day.
    pub day_at: fn(&str, &str) -> String,
    pub due: &'static str,
    pub schedule: &'static str,
    /// For when.
    pub scheduled_for: fn(&str) -> String,
    pub schedule_offline: &'static str,
    pub scheduled: &'static str,
    pub scheduled_count: fn(u32) -> String,
    pub scheduled_failed: fn(u32) -> String,
    pub share_text: &'static str,
    pub share_lead: &'static str,

    pub set_password_lead: &'static str,
    pub not_now: &'static str,
    /// What newcomers see of what was there before them.
    pub history: &'static str,
    pub history_all: &'static str,
    pub history_since: &'static str,
}

/// What comes with what is seldom opened (`app::later` too): an account's own settings, a room's page.
pub struct SeldomTexts {
    pub handle: &'static str,
    /// What it is good for; the one that one has.
    pub handle_hint: fn(&str) -> String,
    pub change_handle: &'static str,
    pub set_password: &'static str,
    pub new_password: &'static str,
    /// How many characters it has at least.
    pub new_password_hint: fn(usize) -> String,
    /// What signing out of an account without a password means.
    pub sign_out_lost: &'static str,
    pub sign_out_anyway: &'static str,
    pub newcomers: &'static str,
    pub newcomers_on: &'static str,
    pub newcomers_off: &'static str,
    pub turn_on: &'static str,
    pub turn_off: &'static str,

    // A room's page
    pub edit_room: &'static str,
    pub room_description: &'static str,
    pub history_since_hint: &'static str,
    /// In the order of [`Role`](crate::shared::room::Role), as all that follow.
    pub roles: [&'static str; 3],
    /// On a button that makes somebody that.
    pub make_role: [&'static str; 3],
    /// For those who listen: what opens by the button beside a name.
    pub member_actions: fn(&str) -> String,
    pub remove: &'static str,
    pub remove_sure: fn(&str) -> String,
    pub remove_now: &'static str,
    pub close_room: &'static str,
    pub close_room_lead: &'static str,
    pub close_room_now: &'static str,
    pub reopen_room: &'static str,
    pub invitations: &'static str,
    pub invite: &'static str,
    pub make_invitation: &'static str,
    pub invitation_link: &'static str,
    pub invitation_picture: &'static str,
    pub invitation_hours: &'static str,
    /// In the order of [`HOURS`](crate::shared::invitation::HOURS).
    pub hours: [&'static str; 5],
    pub invitation_uses: &'static str,
    /// In the order of [`USES`](crate::shared::invitation::USES).
    pub uses: [&'static str; 4],
    /// How many may still come; none: as many as do.
    pub invitation_uses_left: fn(Option<u32>) -> String,
    /// Until then.
    pub invitation_until: fn(&str) -> String,
    pub invitation_for_ever: &'static str,
    pub nothing_scheduled: &'static str,
    pub nothing_scheduled_lead: &'static str,
    pub all_scheduled: &'static str,
    pub send_now: &'static str,
    pub change: &'static str,
    pub message_text: &'static str,
    pub unschedule: &'static str,
    pub unschedule_sure: &'static str,
    pub unschedule_now: &'static str,
    /// Why a message couldn't be posted that is for a conversation in which its author isn't any more.
    pub not_there: &'static str,
    pub revoke: &'static str,
    pub copy: &'static str,
    pub copied: &'static str,
}

/// Each [`Refusal`] as a sentence.
pub struct Refusals {
    pub sign_in_first: &'static str,
    pub not_found: &'static str,
    pub not_allowed: &'static str,
    pub room_closed: &'static str,
    pub invitation_over: &'static str,
    pub bad_request: &'static str,
    pub text_empty: &'static str,
    /// How many characters there are, how many fit.
    pub text_too_long: fn(usize, usize) -> String,
    pub client_id_taken: &'static str,
    pub withdrawn: &'static str,
    pub lost: &'static str,
    /// How many characters a handle has at least, at most.
    pub handle_invalid: fn(usize, usize) -> String,
    pub handle_taken: &'static str,
    pub name_invalid: fn(usize) -> String,
    pub password_too_short: fn(usize) -> String,
    pub password_too_long: &'static str,
    pub password_weak: &'static str,
    pub wrong_password: &'static str,
    pub picture_invalid: &'static str,
    pub blocked: &'static str,
    pub already_set_up: &'static str,
    pub time_invalid: &'static str,
    pub too_many: fn(usize) -> String,
    /// In bytes.
    pub too_large: fn(usize) -> String,
    /// In seconds.
    pub too_fast: fn(u64) -> String,
    pub unavailable: &'static str,
    pub broken: &'static str,
    pub offline: &'static str,
}

impl Texts {
    /// What of the same language comes with the pages beside the conversations.
    pub const fn aside(&self) -> &'static AsideTexts {
        self.lang.aside()
    }

    /// What a person reads when something was refused.
    pub fn refusal(&self, refusal: &Refusal) -> String {
        use crate::shared::limits::{HANDLE_CHARS, NAME_CHARS};
        let say = &self.refusals;
        match refusal {
            Refusal::SignInFirst => say.sign_in_first.into(),
            Refusal::NotFound => say.not_found.into(),
            Refusal::NotAllowed => say.not_allowed.into(),
            Refusal::RoomClosed => say.room_closed.into(),
            Refusal::InvitationOver => say.invitation_over.into(),
            Refusal::BadRequest => say.bad_request.into(),
            Refusal::TextEmpty => say.text_empty.into(),
            Refusal::TextTooLong { chars, most } => (say.text_too_long)(*chars, *most),
            Refusal::ClientIdTaken => say.client_id_taken.into(),
            Refusal::Withdrawn => say.withdrawn.into(),
            Refusal::Lost => say.lost.into(),
            Refusal::HandleInvalid => (say.handle_invalid)(HANDLE_CHARS.0, HANDLE_CHARS.1),
            Refusal::HandleTaken => say.handle_taken.into(),
            Refusal::NameInvalid => (say.name_invalid)(NAME_CHARS),
            Refusal::PasswordTooShort { least } => (say.password_too_short)(*least),
            Refusal::PasswordTooLong => say.password_too_long.into(),
            Refusal::PasswordWeak => say.password_weak.into(),
            Refusal::WrongPassword => say.wrong_password.into(),
            Refusal::PictureInvalid => say.picture_invalid.into(),
            Refusal::Blocked => say.blocked.into(),
            Refusal::AlreadySetUp => say.already_set_up.into(),
            Refusal::TimeInvalid => say.time_invalid.into(),
            Refusal::TooMany { most } => (say.too_many)(*most),
            Refusal::TooLarge { most } => (say.too_large)(*most),
            Refusal::TooFast { retry_after_seconds } => (say.too_fast)(*retry_after_seconds),
            Refusal::Unavailable => say.unavailable.into(),
            Refusal::Broken => say.broken.into(),
            Refusal::Offline => say.offline.into(),
        }
    }
}
