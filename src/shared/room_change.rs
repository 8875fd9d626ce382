//! What can be done with a room by those who may. Each has a form on the room's page; a form that posts by itself is
//! read by the server, one of a page with scripts by the browser, both here.

use super::ids::UserId;
use super::room::{History, Role};
use serde::{Deserialize, Serialize};

/// The ends of the addresses of these forms.
pub const FORMS: [&str; 10] = [
    "rename",
    "members",
    "roles",
    "remove",
    "close",
    "reopen",
    "invite",
    "revoke",
    // Files, which post by themselves.
    "picture",
    "no-picture",
];

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomChange {
    /// Says what it is.
    Describe {
        name: String,
        description: String,
        history: History,
    },
    /// Brings somebody in.
    Add { handle: String },
    /// Says what somebody is.
    Appoint { user: UserId, role: Role },
    /// Puts somebody out.
    Remove { user: UserId },
    /// Ends the writing here, or lets it begin again.
    Close { closed: bool },
    /// Makes a link that leads here; see [`HOURS`](super::invitation::HOURS) and [`USES`](super::invitation::USES).
    Invite { hours: u32, uses: u32 },
    /// Ends such a link.
    Revoke { token: String },
}

impl RoomChange {
    /// Reads the form at this end of the room's address by the names of its fields.
    pub fn read(form: &str, value: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let text = |name: &str| value(name).unwrap_or_default();
        let number = |name: &str| text(name).parse().ok();
        let user = || text("user").parse().ok();
        Some(match form {
            "rename" => Self::Describe {
                name: text("name"),
                description: text("description"),
                history: match text("history").as_str() {
                    "since_joining" => History::SinceJoining,
                    _ => History::All,
                },
            },
            "members" => Self::Add {
                handle: text("handle"),
            },
            "roles" => Self::Appoint {
                user: user()?,
                role: match text("role").as_str() {
                    "owner" => Role::Owner,
                    "moderator" => Role::Moderator,
                    "member" => Role::Member,
                    _ => return None,
                },
            },
            "remove" => Self::Remove { user: user()? },
            "close" => Self::Close { closed: true },
            "reopen" => Self::Close { closed: false },
            "invite" => Self::Invite {
                hours: number("hours")?,
                uses: number("uses")?,
            },
            "revoke" => Self::Revoke { token: text("token") },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_by_the_end_of_its_address() {
        let fields = |name: &str| match name {
            "user" => Some("7".to_owned()),
            "role" => Some("moderator".to_owned()),
            "hours" => Some("24".to_owned()),
            _ => None,
        };
        let role = Role::Moderator;
        let user = UserId(7);
        assert_eq!(
            RoomChange::read("roles", fields),
            Some(RoomChange::Appoint { user, role })
        );
        assert_eq!(
            RoomChange::read("remove", fields),
            Some(RoomChange::Remove { user })
        );
        assert_eq!(
            RoomChange::read("close", fields),
            Some(RoomChange::Close { closed: true })
        );
        assert_eq!(RoomChange::read("invite", fields), None, "a field is missing");
        assert_eq!(RoomChange::read("roles", |_| Some("king".into())), None);
        assert_eq!(RoomChange::read("leave", fields), None);
    }
}
