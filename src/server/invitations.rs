//! Links that lead into a room: made and revoked by its owners and moderators, taken by whoever has one.

use super::hub::News;
use super::rooms::bring_in;
use super::sessions::member_of;
use super::state::AppState;
use super::store::{self, Connection, invitations::NewInvitation};
use crate::shared::ids::{RoomId, UserId, now};
use crate::shared::invitation::{HOURS, Invitation, Invited, Picture, USES};
use crate::shared::limits::INVITATIONS;
use crate::shared::refusal::Refusal;
use crate::shared::room::{Role, RoomEntry};
use crate::shared::user::Person;
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write;

const HOUR_MS: i64 = 60 * 60 * 1_000;

/// What a link begins with, after the server's address.
pub const JOIN: &str = "/join/";

/// Makes a link, good for so many hours and people (0: without an end), out of the choices in
/// [`shared::invitation`](crate::shared::invitation). `origin` is where this server is reached.
///
/// # Errors
/// `BadRequest`: another number. `NotFound`; `NotAllowed`: a member, or a direct conversation. `TooMany`, `TooFast`,
/// `Unavailable`.
pub async fn make(
    state: &AppState,
    me: &Person,
    room: RoomId,
    hours: u32,
    uses: u32,
    origin: &str,
) -> Result<Invitation, Refusal> {
    state.rates.write(me.id)?;
    if !HOURS.contains(&hours) || !USES.contains(&uses) {
        return Err(Refusal::BadRequest);
    }
    let new = NewInvitation {
        token: token()?,
        room,
        maker: me.id,
        expires_at: (hours > 0).then(|| now() + i64::from(hours) * HOUR_MS),
        uses_left: (uses > 0).then_some(uses),
    };
    let made = Invitation {
        link: link(origin, &new.token),
        token: new.token.clone(),
        maker: me.clone(),
        expires_at: new.expires_at,
        uses_left: new.uses_left,
        picture: None,
    };
    let me = me.clone();
    let making = state.store.writer.write(move |tx| {
        Box::pin(async move {
            member_of(tx, &me, room).await?.must_be(Role::Moderator)?;
            if store::invitations::count(tx, room).await? >= INVITATIONS {
                return Err(Refusal::TooMany { most: INVITATIONS });
            }
            store::invitations::insert(tx, &new).await?;
            Ok(((), Vec::new()))
        })
    });
    making.await.map(|()| made)
}

/// A room's links that still lead there, the latest first.
///
/// # Errors
/// `NotFound`, `NotAllowed`, `Unavailable`.
pub async fn list(
    state: &AppState,
    me: &Person,
    room: RoomId,
    origin: &str,
) -> Result<Vec<Invitation>, Refusal> {
    let mut tx = state.store.snapshot().await?;
    member_of(&mut tx, me, room).await?.must_be(Role::Moderator)?;
    all(&mut tx, room, origin).await
}

async fn all(tx: &mut Connection, room: RoomId, origin: &str) -> Result<Vec<Invitation>, Refusal> {
    let mut all = store::invitations::of(tx, room, INVITATIONS).await?;
    for one in &mut all {
        one.link = link(origin, &one.token);
    }
    Ok(all)
}

/// The same, each with its picture. Whoever calls this knows that they are for who asks.
pub(super) async fn with_pictures(
    tx: &mut Connection,
    room: RoomId,
    origin: &str,
) -> Result<Vec<Invitation>, Refusal> {
    let mut all = all(tx, room, origin).await?;
    for one in &mut all {
        one.picture = picture(&one.link);
    }
    Ok(all)
}

/// Ends a link. Twice is as once.
///
/// # Errors
/// `NotFound`: the room, or no such link there. `NotAllowed`, `TooFast`, `Unavailable`.
pub async fn revoke(state: &AppState, me: &Person, room: RoomId, token: &str) -> Result<(), Refusal> {
    state.rates.write(me.id)?;
    let (me, token) = (me.clone(), token.to_owned());
    let revoking = state.store.writer.write(move |tx| {
        Box::pin(async move {
            member_of(tx, &me, room).await?.must_be(Role::Moderator)?;
            store::invitations::revoke(tx, room, &token).await?;
            Ok(((), Vec::new()))
        })
    });
    revoking.await
}

/// Where a link leads, for somebody who may have no account.
///
/// # Errors
/// `NotFound`: there was never such a link. `InvitationOver`, `Unavailable`.
pub async fn look(state: &AppState, me: Option<UserId>, token: &str) -> Result<Invited, Refusal> {
    let mut tx = state.store.snapshot().await?;
    let invited = store::invitations::invited(&mut tx, token, me).await?;
    // Whoever is there needs no link.
    if invited.joined || store::invitations::is_good(&mut tx, token).await? {
        Ok(invited)
    } else {
        Err(Refusal::InvitationOver)
    }
}

/// Comes into the room that a link leads to. Who is there already uses nothing up.
///
/// # Errors
/// `NotFound`, `InvitationOver`, `TooMany`, `TooFast`, `Unavailable`.
pub async fn accept(state: &AppState, me: &Person, token: &str) -> Result<RoomEntry, Refusal> {
    state.rates.write(me.id)?;
    let (me, token) = (me.clone(), token.to_owned());
    let joining = state.store.writer.write(move |tx| {
        Box::pin(async move {
            let invited = store::invitations::invited(tx, &token, Some(me.id)).await?;
            let mut told = Vec::new();
            if !invited.joined {
                admit(tx, &token, me.id, &mut told).await?;
            }
            Ok((store::list::entry(tx, me.id, invited.room).await?, told))
        })
    });
    joining.await
}

/// Uses a link, once, and brings the person in: both or neither.
pub(super) async fn admit(
    tx: &mut Connection,
    token: &str,
    user: UserId,
    told: &mut Vec<News>,
) -> Result<RoomId, Refusal> {
    let room = store::invitations::take(tx, token).await?;
    bring_in(tx, room, user, told).await?;
    Ok(room)
}

fn token() -> Result<String, Refusal> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|_| Refusal::Unavailable)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn link(origin: &str, token: &str) -> String {
    [origin, JOIN, token].concat()
}

/// Draws a QR code. Nothing, if the link is longer than any can hold.
fn picture(link: &str) -> Option<Picture> {
    /// What a reader needs free on each side.
    const FREE: i32 = 4;
    let code = QrCode::encode_text(link, QrCodeEcc::Low).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let dark = (x..code.size()).take_while(|x| code.get_module(*x, y)).count() as i32;
            if dark > 0 {
                // Writing into a string can't fail.
                _ = write!(path, "M{} {}h{dark}v1h-{dark}z", x + FREE, y + FREE);
            }
            x += dark + 1;
        }
    }
    Some(Picture {
        size: (code.size() + 2 * FREE) as u32,
        path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_dark_where_the_code_is() {
        let link = link("https://chat.example.org", &"ab".repeat(16));
        let code = QrCode::encode_text(&link, QrCodeEcc::Low).unwrap();
        let Picture { size, path } = picture(&link).unwrap();
        let mut dark = std::collections::HashSet::new();
        for stroke in path.split('M').skip(1) {
            let numbers: Vec<i32> = stroke
                .split(|c: char| !c.is_ascii_digit())
                .filter_map(|n| n.parse().ok())
                .collect();
            let [x, y, width, 1, back] = numbers[..] else {
                panic!("{stroke}")
            };
            assert_eq!(width, back);
            (x..x + width).for_each(|x| assert!(dark.insert((x, y)), "{stroke}"));
        }
        for (x, y) in (0..size as i32).flat_map(|y| (0..size as i32).map(move |x| (x, y))) {
            assert_eq!(dark.contains(&(x, y)), code.get_module(x - 4, y - 4), "{x} {y}");
        }
    }

    #[test]
    fn tokens_are_128_bits_and_differ() {
        let (one, other) = (token().unwrap(), token().unwrap());
        assert_eq!(one.len(), 32);
        assert_ne!(one, other);
    }
}
