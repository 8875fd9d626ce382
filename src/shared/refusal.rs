//! Errors that a person may read. A refusal is a key with its arguments; it becomes a sentence
//! where it is shown, in the reader's language (`i18n`), and a status in `server::respond`.

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "error", from = "Told")]
pub enum Refusal {
    /// 401: nobody is signed in.
    SignInFirst,
    /// 404: it isn't there, or not for this person.
    NotFound,
    /// 403: it is there, but not theirs to change, or the request came from another site.
    NotAllowed,
    /// 403: the room is closed; it can only be read.
    RoomClosed,
    /// 410: the link that leads into a room has expired, was used by as many as it was for, or was revoked.
    InvitationOver,
    /// 400: not a request that this address understands.
    BadRequest,
    /// 422: the text is empty.
    TextEmpty,
    /// 422: the text has more characters than fit.
    TextTooLong { chars: usize, most: usize },
    /// 409: this client id already names another text or room.
    ClientIdTaken,
    /// 410: its author has taken back whatever was to come under this client id.
    Withdrawn,
    /// 422
    HandleInvalid,
    /// 422: or one that looks like it.
    HandleTaken,
    /// 422
    NameInvalid,
    /// 422
    PasswordTooShort { least: usize },
    /// 422
    PasswordTooLong,
    /// 422: among the first that somebody would try.
    PasswordWeak,
    /// 422: no such handle, or another password. Which of them is not said.
    WrongPassword,
    /// 422: not a picture of a kind that is known, or one of too many pixels.
    PictureInvalid,
    /// 403: one has blocked them oneself.
    Blocked,
    /// 409: the first account is there already.
    AlreadySetUp,
    /// 422: not a time in the future, or one that is too far.
    TimeInvalid,
    /// 422: a list is full.
    TooMany { most: usize },
    /// 413
    TooLarge { most: usize },
    /// 429
    TooFast { retry_after_seconds: u64 },
    /// 503: the database can't take it now; whether it did may be unknown. Try again.
    Unavailable,
    /// 500, or, in a browser, an answer that could not be read.
    Broken,
    /// In a browser: no answer came.
    Offline,
    /// In a browser: it was there, until the server was put back to an older copy.
    Lost,
}

impl Refusal {
    /// The HTTP status that says the same to a program.
    pub fn status(&self) -> u16 {
        use Refusal::*;
        match self {
            SignInFirst => 401,
            NotFound => 404,
            NotAllowed | RoomClosed | Blocked => 403,
            BadRequest => 400,
            ClientIdTaken | AlreadySetUp => 409,
            Withdrawn | InvitationOver => 410,
            TextEmpty | TextTooLong { .. } | HandleInvalid | HandleTaken | NameInvalid => 422,
            PasswordTooShort { .. }
            | PasswordTooLong
            | PasswordWeak
            | PictureInvalid
            | WrongPassword
            | TimeInvalid
            | TooMany { .. } => 422,
            TooLarge { .. } => 413,
            TooFast { .. } => 429,
            Unavailable => 503,
            Broken | Offline | Lost => 500,
        }
    }
}

/// A refusal as it is read: all that any of them tells, in one flat object. Reading it as the enum that
/// it is would cost a browser tens of kilobytes.
#[derive(Deserialize)]
struct Told {
    error: String,
    #[serde(default)]
    chars: usize,
    #[serde(default)]
    most: usize,
    #[serde(default)]
    least: usize,
    #[serde(default)]
    retry_after_seconds: u64,
}

impl From<Told> for Refusal {
    fn from(told: Told) -> Self {
        use Refusal::*;
        let Told {
            chars,
            most,
            least,
            retry_after_seconds,
            ..
        } = told;
        match told.error.as_str() {
            "sign_in_first" => SignInFirst,
            "not_found" => NotFound,
            "not_allowed" => NotAllowed,
            "room_closed" => RoomClosed,
            "invitation_over" => InvitationOver,
            "bad_request" => BadRequest,
            "text_empty" => TextEmpty,
            "text_too_long" => TextTooLong { chars, most },
            "client_id_taken" => ClientIdTaken,
            "withdrawn" => Withdrawn,
            "handle_invalid" => HandleInvalid,
            "handle_taken" => HandleTaken,
            "name_invalid" => NameInvalid,
            "password_too_short" => PasswordTooShort { least },
            "password_too_long" => PasswordTooLong,
            "password_weak" => PasswordWeak,
            "wrong_password" => WrongPassword,
            "picture_invalid" => PictureInvalid,
            "blocked" => Blocked,
            "already_set_up" => AlreadySetUp,
            "time_invalid" => TimeInvalid,
            "too_many" => TooMany { most },
            "too_large" => TooLarge { most },
            "too_fast" => TooFast { retry_after_seconds },
            "unavailable" => Unavailable,
            "offline" => Offline,
            "lost" => Lost,
            // Also what a newer server says and this page doesn't know.
            _ => Broken,
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Refusal {}

impl FromServerFnError for Refusal {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Refusal::Offline,
            // What the server can't read was badly asked; what a browser can't read was badly answered.
            ServerFnErrorErr::Deserialization(_) if cfg!(feature = "ssr") => Refusal::BadRequest,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Refusal::BadRequest,
            _ => Refusal::Broken,
        }
    }
}

/// A form that was sent and refused: why, and what was typed (passwords aside), to be shown again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedForm {
    pub refusal: Refusal,
    /// Field name → what was typed.
    pub values: Vec<(String, String)>,
}

#[cfg(test)]
mod tests {
    use super::Refusal::{self, *};

    #[test]
    fn every_refusal_is_read_as_it_was_told() {
        let all = [
            SignInFirst,
            NotFound,
            NotAllowed,
            RoomClosed,
            InvitationOver,
            BadRequest,
            TextEmpty,
            ClientIdTaken,
            Withdrawn,
            HandleInvalid,
            HandleTaken,
            NameInvalid,
            PasswordTooLong,
            PasswordWeak,
            WrongPassword,
            AlreadySetUp,
            PictureInvalid,
            Blocked,
            Unavailable,
            Broken,
            Offline,
            Lost,
            TimeInvalid,
            TextTooLong {
                chars: 4_001,
                most: 4_000,
            },
            PasswordTooShort { least: 8 },
            TooMany { most: 1_000 },
            TooLarge { most: 65_536 },
            TooFast {
                retry_after_seconds: 3,
            },
        ];
        for refusal in all {
            let told = serde_json::to_string(&refusal).unwrap();
            assert_eq!(serde_json::from_str::<Refusal>(&told).unwrap(), refusal, "{told}");
        }
    }
}
