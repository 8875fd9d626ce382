//! Who is asking: sessions, their cookie, and the proof of being in a room.

use super::config::Config;
use super::hub::{News, SessionKey};
use super::state::AppState;
use super::store::messages::Sight;
use super::store::{self, Connection, memberships::Standing};
use crate::shared::ids::{RoomId, Version, now};
use crate::shared::refusal::Refusal;
use crate::shared::room::{Role, RoomKind};
use crate::shared::user::Person;
use axum::http::{HeaderMap, HeaderValue, header};
use sha2::{Digest, Sha256};

/// A session ends 90 days after signing in.
const LIFE_MS: i64 = 90 * 24 * 60 * 60 * 1_000;

/// A session's secret: 256 random bits, shown once. Only its hash is stored.
pub struct Token(String);

impl Token {
    fn new() -> Result<Token, Refusal> {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes).map_err(|_| Refusal::Unavailable)?;
        Ok(Token(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    fn key(&self) -> SessionKey {
        Sha256::digest(self.0.as_bytes()).into()
    }

    /// To be handed to its owner, in a cookie or an answer; never to a log.
    pub fn secret(&self) -> &str {
        &self.0
    }
}

/// A signed-in person and the session that says so.
#[derive(Clone)]
pub struct Session {
    pub me: Person,
    pub key: SessionKey,
}

/// The cookie's name. `__Host-` binds it to this very host, but a browser takes that over TLS only.
fn cookie_name(config: &Config) -> &'static str {
    if config.secure() {
        "__Host-session"
    } else {
        "session"
    }
}

/// The session that a request's bearer token or cookie belongs to, if any.
pub async fn of_request(state: &AppState, headers: &HeaderMap) -> Result<Option<Session>, Refusal> {
    let Some(token) = bearer(headers).or_else(|| cookie(headers, cookie_name(&state.config))) else {
        return Ok(None);
    };
    let key = Token(token.to_owned()).key();
    let mut tx = state.store.snapshot().await?;
    let me = store::users::session(&mut tx, &key, now() - LIFE_MS).await?;
    Ok(me.map(|me| Session { me, key }))
}

/// The token of an `Authorization: Bearer` header. A browser never sends one of itself, so such a
/// request can't have been made by another site.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .strip_prefix("Bearer ")
}

/// A cookie's value.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let pairs = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    pairs.flat_map(|value| value.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then_some(value)
    })
}

/// Starts a session for somebody who has just proved who they are.
pub async fn begin(state: &AppState, me: &Person) -> Result<Token, Refusal> {
    let token = Token::new()?;
    let (key, user) = (token.key(), me.id);
    state
        .store
        .writer
        .write(move |tx| {
            Box::pin(async move {
                store::users::insert_session(tx, &key, user).await?;
                Ok(((), Vec::new()))
            })
        })
        .await?;
    Ok(token)
}

/// Ends the session; its sockets close.
pub async fn end(state: &AppState, session: &Session) -> Result<(), Refusal> {
    let key = session.key;
    state
        .store
        .writer
        .write(move |tx| {
            Box::pin(async move {
                store::users::delete_session(tx, &key).await?;
                Ok(((), vec![News::SignedOut { session: key }]))
            })
        })
        .await
}

/// The cookie that keeps a browser signed in.
pub fn set_cookie(config: &Config, token: &Token) -> HeaderValue {
    let secure = if config.secure() { "; Secure" } else { "" };
    let value = format!(
        "{}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{secure}",
        cookie_name(config),
        token.secret(),
        LIFE_MS / 1_000
    );
    HeaderValue::try_from(value).expect("a token is hexadecimal")
}

/// The cookie that makes a browser forget.
pub fn clear_cookie(config: &Config) -> HeaderValue {
    let secure = if config.secure() { "; Secure" } else { "" };
    let value = format!(
        "{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}",
        cookie_name(config)
    );
    HeaderValue::try_from(value).expect("a constant")
}

/// Proof that a person is in a room, and as what. There is no other way to come by one than
/// [`member_of`], so whoever asks for a `Member` has checked.
pub struct Member {
    pub me: Person,
    pub room: RoomId,
    /// Not `pub`: so nobody else can make one.
    standing: Standing,
}

impl Member {
    /// The room's version at which the person came, the last time.
    pub fn joined_version(&self) -> Version {
        self.standing.joined_version
    }

    pub fn role(&self) -> Role {
        self.standing.role
    }

    pub fn is_direct(&self) -> bool {
        self.standing.kind == RoomKind::Direct
    }

    /// Whether something may be posted, edited or added to a message.
    ///
    /// # Errors
    /// `RoomClosed`.
    pub fn may_write(&self) -> Result<(), Refusal> {
        if self.standing.closed {
            Err(Refusal::RoomClosed)
        } else {
            Ok(())
        }
    }

    /// Whether they may do what takes this role. In a direct conversation nobody may.
    ///
    /// # Errors
    /// `NotAllowed`.
    pub fn must_be(&self, role: Role) -> Result<(), Refusal> {
        if self.is_direct() || self.role() < role {
            Err(Refusal::NotAllowed)
        } else {
            Ok(())
        }
    }

    /// What they may see of the room's messages.
    pub fn sight(&self) -> Sight {
        Sight {
            user: self.me.id,
            from: self.standing.sees_from,
        }
    }
}

/// # Errors
/// `NotFound`, the same for a room that isn't there and one that is another's.
pub async fn member_of(tx: &mut Connection, me: &Person, room: RoomId) -> Result<Member, Refusal> {
    let standing = store::memberships::standing(tx, room, me.id)
        .await?
        .ok_or(Refusal::NotFound)?;
    Ok(Member {
        me: me.clone(),
        room,
        standing,
    })
}
