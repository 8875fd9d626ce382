//! What only some of a room's people may do: say what it is, close it, say who is what there, put somebody out. Links
//! that lead into it are in [`invitations`].

use super::invitations;
use super::messages::news;
use super::names::{RoomName, search_key};
use super::pictures;
use super::rooms::{self, appoint, put_out};
use super::sessions::{Member, member_of};
use super::state::AppState;
use super::store::{self, Connection};
use crate::server::hub::News;
use crate::shared::ids::{RoomId, UserId};
use crate::shared::limits::DESCRIPTION_CHARS;
use crate::shared::live::Row;
use crate::shared::refusal::Refusal;
use crate::shared::room::{History, Role, Room};
use crate::shared::room_change::RoomChange;
use crate::shared::user::Person;

/// Does what a form of the room's page asks for.
///
/// # Errors
/// Those of what it does.
pub async fn change(state: &AppState, me: &Person, room: RoomId, change: RoomChange) -> Result<(), Refusal> {
    match change {
        RoomChange::Describe {
            name,
            description,
            history,
        } => describe(state, me, room, &name, &description, history)
            .await
            .map(drop),
        RoomChange::Add { handle } => rooms::add(state, me, room, &handle).await,
        RoomChange::Appoint { user, role } => set_role(state, me, room, user, role).await,
        RoomChange::Remove { user } => remove(state, me, room, user).await,
        RoomChange::Close { closed } => set_closed(state, me, room, closed).await.map(drop),
        RoomChange::Invite { hours, uses } => {
            // The page shows it with the others.
            invitations::make(state, me, room, hours, uses, "")
                .await
                .map(drop)
        }
        RoomChange::Revoke { token } => invitations::revoke(state, me, room, &token).await,
    }
}

/// Names a room, says what it is about, and what newcomers will see of it. For owners.
///
/// # Errors
/// `NotFound`, `NotAllowed`, `NameInvalid`, `TextTooLong`, `TooFast`, `Unavailable`.
pub async fn describe(
    state: &AppState,
    me: &Person,
    room: RoomId,
    name: &str,
    description: &str,
    history: History,
) -> Result<Room, Refusal> {
    let name = RoomName::parse(name)?;
    let description = parsed(description)?;
    rewrite_as_owner(state, me, room, move |room| {
        room.name = name.into_string();
        room.description = description;
        room.history = history;
    })
    .await
}

/// What a room is about, as it may be stored.
fn parsed(description: &str) -> Result<String, Refusal> {
    let text = description.replace("\r\n", "\n").replace('\r', "\n");
    let text: String = text
        .trim()
        .chars()
        .filter(|c| *c == '\n' || !c.is_control())
        .collect();
    let chars = text.chars().count();
    if chars > DESCRIPTION_CHARS {
        return Err(Refusal::TextTooLong {
            chars,
            most: DESCRIPTION_CHARS,
        });
    }
    Ok(text)
}

/// Shows a room by a picture, or, with nothing, by its initials again. For owners and moderators; the same picture
/// again changes nothing.
///
/// # Errors
/// `NotFound`, `NotAllowed`, `PictureInvalid`, `TooLarge`, `TooFast`, `Unavailable`.
pub async fn depict(
    state: &AppState,
    me: &Person,
    room: RoomId,
    bytes: Option<Vec<u8>>,
) -> Result<Room, Refusal> {
    state.rates.picture(me.id)?;
    // Before the work of unpacking it.
    member_of(&mut *state.store.snapshot().await?, me, room)
        .await?
        .must_be(Role::Moderator)?;
    let jpeg = pictures::parse(bytes).await?;
    let me = me.clone();
    let depicting = state.store.writer.write(move |tx| {
        Box::pin(async move {
            member_of(tx, &me, room).await?.must_be(Role::Moderator)?;
            let picture = store::pictures::put(tx, jpeg.as_deref()).await?;
            let changed = rewrite(tx, room, |room| room.picture = picture).await?;
            store::pictures::sweep(tx).await?;
            Ok(changed)
        })
    });
    depicting.await
}

/// Closes a room, or opens it again: a closed one can be read, and nothing is written there. For owners.
///
/// # Errors
/// `NotFound`, `NotAllowed`, `TooFast`, `Unavailable`.
pub async fn set_closed(state: &AppState, me: &Person, room: RoomId, closed: bool) -> Result<Room, Refusal> {
    rewrite_as_owner(state, me, room, move |room| room.closed = closed).await
}

async fn rewrite_as_owner(
    state: &AppState,
    me: &Person,
    room: RoomId,
    make: impl FnOnce(&mut Room) + Send + 'static,
) -> Result<Room, Refusal> {
    state.rates.write(me.id)?;
    let me = me.clone();
    let writing = state.store.writer.write(move |tx| {
        Box::pin(async move {
            member_of(tx, &me, room).await?.must_be(Role::Owner)?;
            rewrite(tx, room, make).await
        })
    });
    writing.await
}

/// Changes the room's own row. What changes nothing takes no version.
async fn rewrite(
    tx: &mut Connection,
    room: RoomId,
    make: impl FnOnce(&mut Room) + Send,
) -> Result<(Room, Vec<News>), Refusal> {
    let before = store::rooms::room(tx, room).await?;
    let mut after = before.clone();
    make(&mut after);
    if after == before {
        return Ok((before, Vec::new()));
    }
    after.version = store::rooms::next_version(tx, room).await?;
    store::rooms::describe(tx, &after, &search_key(&after.name)).await?;
    let news = news(tx, room, after.version, Row::Room(after.clone())).await?;
    Ok((after, vec![news]))
}

/// Says what somebody is in a room. For owners; one of them is always left. The same again changes nothing.
///
/// # Errors
/// `NotFound`: the room, or the person there. `NotAllowed`, also to take the last owner's part from them. `TooFast`,
/// `Unavailable`.
pub async fn set_role(
    state: &AppState,
    me: &Person,
    room: RoomId,
    user: UserId,
    role: Role,
) -> Result<(), Refusal> {
    state.rates.write(me.id)?;
    let me = me.clone();
    let appointing = state.store.writer.write(move |tx| {
        Box::pin(async move {
            member_of(tx, &me, room).await?.must_be(Role::Owner)?;
            let now = role_of(tx, room, user).await?;
            let mut told = Vec::new();
            if now == role {
                return Ok(((), told));
            }
            if now == Role::Owner && store::memberships::owners(tx, room).await? == 1 {
                return Err(Refusal::NotAllowed);
            }
            appoint(tx, room, user, role, &mut told).await?;
            Ok(((), told))
        })
    });
    appointing.await
}

/// Puts somebody out of a room. For those who are more there than they; twice is as once.
///
/// # Errors
/// `NotFound`: the room. `NotAllowed`, `TooFast`, `Unavailable`.
pub async fn remove(state: &AppState, me: &Person, room: RoomId, user: UserId) -> Result<(), Refusal> {
    state.rates.write(me.id)?;
    let me = me.clone();
    let removing = state.store.writer.write(move |tx| {
        Box::pin(async move {
            let member = member_of(tx, &me, room).await?;
            member.must_be(Role::Moderator)?;
            let mut told: Vec<News> = Vec::new();
            match role_of(tx, room, user).await {
                Ok(role) => {
                    is_above(&member, role)?;
                    put_out(tx, room, user, &mut told).await?;
                }
                Err(Refusal::NotFound) => {}
                Err(refusal) => return Err(refusal),
            }
            Ok(((), told))
        })
    });
    removing.await
}

fn is_above(member: &Member, role: Role) -> Result<(), Refusal> {
    if member.role() > role {
        Ok(())
    } else {
        Err(Refusal::NotAllowed)
    }
}

async fn role_of(tx: &mut Connection, room: RoomId, user: UserId) -> Result<Role, Refusal> {
    let standing = store::memberships::standing(tx, room, user).await?;
    Ok(standing.ok_or(Refusal::NotFound)?.role)
}
