//! What can be done with rooms: make, join, leave, bring somebody in, open a direct conversation,
//! list and find. What only some of a room's people may do is in [`managing`](super::managing).

use super::hub::News;
use super::invitations;
use super::messages::news;
use super::names::{Handle, RoomName, search_key};
use super::presence;
use super::profile;
use super::sessions::member_of;
use super::state::AppState;
use super::store::{self, Connection};
use crate::shared::ids::{RoomId, UserId, Version};
use crate::shared::limits::{FOUND, GROUP_OTHERS, PEOPLE_NAMED, QUERY_CHARS, ROOMS_EACH};
use crate::shared::live::{Anchor, Conversation, RoomList, Row};
use crate::shared::message::Pinned;
use crate::shared::refusal::Refusal;
use crate::shared::room::{About, Found, History, OpenRoom, Place, Role, RoomEntry, RoomKind};
use crate::shared::user::Person;

/// Everything that a person is in, as it is now.
///
/// # Errors
/// `Unavailable`.
pub async fn list(state: &AppState, me: &Person) -> Result<RoomList, Refusal> {
    let mut tx = state.store.snapshot().await?;
    let mut rooms = store::list::entries(&mut tx, me.id, None).await?;
    presence::note(state, &mut tx, me, &mut rooms).await?;
    let (password, _) = store::users::account(&mut tx, me.id).await?;
    Ok(RoomList {
        epoch: state.store.epoch.clone(),
        me: me.clone(),
        rooms,
        no_password: !password,
        build: state.build.id.clone(),
        directory: None,
    })
}

/// What stands at a conversation's address, with a page of its messages. Where the latest page doesn't reach
/// back to where its reader has stopped, it is the page around that place.
///
/// # Errors
/// `NotFound`: nothing that this person may know of.
pub async fn conversation(
    state: &AppState,
    me: &Person,
    place: &Place,
    anchor: Anchor,
) -> Result<Conversation, Refusal> {
    let mut tx = state.store.snapshot().await?;
    let room = match place {
        Place::Room(room) => *room,
        Place::Direct(handle) => {
            let with = person(&mut tx, handle).await?;
            if store::blocks::is_blocked(&mut tx, me.id, with.id).await? {
                return Ok(Conversation::Blocked { with });
            }
            match store::rooms::direct(&mut tx, me.id, with.id).await? {
                Some(room) => room,
                None => return Ok(Conversation::New { with }),
            }
        }
    };
    match store::list::entry(&mut tx, me.id, room).await {
        Ok(mut entry) => {
            presence::note(state, &mut tx, me, std::slice::from_mut(&mut entry)).await?;
            let sight = member_of(&mut tx, me, room).await?.sight();
            let mut page = store::history::page(&mut tx, room, sight, anchor).await?;
            let first = page.messages.first().map_or(0, |message| message.position);
            if anchor == Anchor::Latest && page.older && entry.unread > 0 && entry.last_read < first {
                let around = Anchor::Around(entry.last_read);
                page = store::history::page(&mut tx, room, sight, around).await?;
            }
            Ok(Conversation::Here { entry, page })
        }
        Err(Refusal::NotFound) => {
            let room = store::rooms::open_room(&mut tx, room, me.id)
                .await?
                .ok_or(Refusal::NotFound)?;
            Ok(Conversation::Door { room })
        }
        Err(refusal) => Err(refusal),
    }
}

/// What the details at a conversation's address say. `origin` is where this server is reached, for links.
///
/// # Errors
/// `NotFound`: nothing that this person is in, and nobody of that handle.
pub async fn about(state: &AppState, me: &Person, place: &Place, origin: &str) -> Result<About, Refusal> {
    let mut tx = state.store.snapshot().await?;
    match place {
        Place::Direct(handle) => {
            let with = person(&mut tx, handle).await?;
            let room = match store::rooms::direct(&mut tx, me.id, with.id).await? {
                Some(room) => store::list::entries(&mut tx, me.id, Some(room)).await?.pop(),
                None => None,
            };
            let pinned = match &room {
                Some(entry) => {
                    let sight = member_of(&mut tx, me, entry.room.id).await?.sight();
                    store::history::pinned(&mut tx, entry.room.id, sight).await?
                }
                None => Pinned::default(),
            };
            Ok(About {
                room: room.map(|entry| entry.room),
                pinned,
                card: Some(profile::card(&mut tx, me, with.clone()).await?),
                with: Some(with),
                members: 2,
                role: Role::Member,
                people: Vec::new(),
                invitations: Vec::new(),
            })
        }
        Place::Room(room) => {
            let member = member_of(&mut tx, me, *room).await?;
            let entry = store::list::entry(&mut tx, me.id, member.room).await?;
            let people = match entry.with {
                Some(_) => Vec::new(),
                None => store::memberships::people(&mut tx, member.room, PEOPLE_NAMED).await?,
            };
            let invitations = match member.must_be(Role::Moderator) {
                Ok(()) => invitations::with_pictures(&mut tx, member.room, origin).await?,
                Err(_) => Vec::new(),
            };
            let card = match &entry.with {
                Some(with) => Some(profile::card(&mut tx, me, with.clone()).await?),
                None => None,
            };
            Ok(About {
                pinned: store::history::pinned(&mut tx, member.room, member.sight()).await?,
                room: Some(entry.room),
                card,
                with: entry.with,
                members: entry.members,
                role: entry.role,
                people,
                invitations,
            })
        }
    }
}

pub(super) async fn person(tx: &mut Connection, handle: &str) -> Result<Person, Refusal> {
    let handle = Handle::parse(handle).map_err(|_| Refusal::NotFound)?;
    store::users::by_handle(tx, handle.as_str())
        .await?
        .ok_or(Refusal::NotFound)
}

/// Makes a room with its maker in it, who owns it.
///
/// # Errors
/// `NameInvalid`, `BadRequest` (a direct conversation isn't made by name), `TooMany`, `TooFast`.
pub async fn make(
    state: &AppState,
    me: &Person,
    name: &str,
    kind: RoomKind,
    history: History,
) -> Result<RoomEntry, Refusal> {
    state.rates.write(me.id)?;
    if kind == RoomKind::Direct {
        return Err(Refusal::BadRequest);
    }
    let name = RoomName::parse(name)?;
    let me = me.clone();
    let making = state.store.writer.write(move |tx| {
        Box::pin(async move {
            let key = search_key(name.as_str());
            let room = store::rooms::insert(tx, kind, name.as_str(), &key, history).await?;
            let mut told = Vec::new();
            bring_in(tx, room, me.id, &mut told).await?;
            Ok((store::list::entry(tx, me.id, room).await?, told))
        })
    });
    making.await
}

/// Joins an open room. Being there already is as good.
///
/// # Errors
/// `NotFound`: no open room. `TooMany`, `TooFast`.
pub async fn join(state: &AppState, me: &Person, room: RoomId) -> Result<RoomEntry, Refusal> {
    state.rates.write(me.id)?;
    let me = me.clone();
    let joining = state.store.writer.write(move |tx| {
        Box::pin(async move {
            let mut told = Vec::new();
            if store::memberships::standing(tx, room, me.id).await?.is_none() {
                store::rooms::open_room(tx, room, me.id)
                    .await?
                    .ok_or(Refusal::NotFound)?;
                bring_in(tx, room, me.id, &mut told).await?;
            }
            Ok((store::list::entry(tx, me.id, room).await?, told))
        })
    });
    joining.await
}

/// A member brings somebody into a room.
///
/// # Errors
/// `NotFound`: no such room for me, or no such person; `NotAllowed`: a direct conversation stays
/// between its two. `TooMany`, `TooFast`.
pub async fn add(state: &AppState, me: &Person, room: RoomId, handle: &str) -> Result<(), Refusal> {
    state.rates.write(me.id)?;
    let (me, handle) = (me.clone(), handle.to_owned());
    let adding = state.store.writer.write(move |tx| {
        Box::pin(async move {
            let member = member_of(tx, &me, room).await?;
            member.must_be(Role::Member)?;
            let newcomer = person(tx, &handle).await?;
            let mut told = Vec::new();
            if store::memberships::standing(tx, member.room, newcomer.id)
                .await?
                .is_none()
            {
                bring_in(tx, member.room, newcomer.id, &mut told).await?;
            }
            Ok(((), told))
        })
    });
    adding.await
}

/// Leaves a room. A direct conversation can't be left.
///
/// # Errors
/// `NotFound`, `NotAllowed`, `TooFast`.
pub async fn leave(state: &AppState, me: &Person, room: RoomId) -> Result<(), Refusal> {
    state.rates.write(me.id)?;
    let me = me.clone();
    let leaving = state.store.writer.write(move |tx| {
        Box::pin(async move {
            member_of(tx, &me, room).await?.must_be(Role::Member)?;
            let mut told = Vec::new();
            put_out(tx, room, me.id, &mut told).await?;
            Ok(((), told))
        })
    });
    leaving.await
}

/// The direct conversation with a person, made on first use: one for each pair, whoever begins.
///
/// # Errors
/// `NotFound`: nobody of that handle; `Blocked`: one has blocked them. `TooMany`, `TooFast`.
pub async fn open_direct(state: &AppState, me: &Person, handle: &str) -> Result<RoomEntry, Refusal> {
    state.rates.write(me.id)?;
    let (me, handle) = (me.clone(), handle.to_owned());
    let opening = state.store.writer.write(move |tx| {
        Box::pin(async move {
            let with = person(tx, &handle).await?;
            if store::blocks::is_blocked(tx, me.id, with.id).await? {
                return Err(Refusal::Blocked);
            }
            let mut told = Vec::new();
            let room = direct_with(tx, me.id, with.id, &mut told).await?;
            Ok((store::list::entry(tx, me.id, room).await?, told))
        })
    });
    opening.await
}

/// The direct conversation of the two, with both in it.
pub(super) async fn direct_with(
    tx: &mut Connection,
    me: UserId,
    with: UserId,
    told: &mut Vec<News>,
) -> Result<RoomId, Refusal> {
    if let Some(room) = store::rooms::direct(tx, me, with).await? {
        return Ok(room);
    }
    let room = store::rooms::insert_direct(tx, me, with).await?;
    bring_in(tx, room, me, told).await?;
    if with != me {
        bring_in(tx, room, with, told).await?;
    }
    // To whoever has blocked me it is as if nothing had begun; to me it is as with everyone.
    if store::blocks::is_blocked(tx, with, me).await? {
        store::blocks::hide(tx, room, with, true).await?;
        told.retain(|news| !matches!(news, News::Joined { user, .. } if *user == with));
    }
    Ok(room)
}

/// A conversation of several without a name, which bears those of the others.
///
/// # Errors
/// `NotFound`: nobody of one of the handles, or nobody but oneself. `TooMany`, `TooFast`.
pub async fn gather(state: &AppState, me: &Person, handles: Vec<String>) -> Result<RoomEntry, Refusal> {
    state.rates.write(me.id)?;
    if handles.len() > GROUP_OTHERS {
        return Err(Refusal::TooMany { most: GROUP_OTHERS });
    }
    let me = me.clone();
    let gathering = state.store.writer.write(move |tx| {
        Box::pin(async move {
            let mut people = vec![me.id];
            for handle in handles {
                let person = person(tx, &handle).await?;
                if !people.contains(&person.id) {
                    people.push(person.id);
                }
            }
            if people.len() == 1 {
                return Err(Refusal::NotFound);
            }
            let room = store::rooms::insert(tx, RoomKind::Invited, "", "", History::All).await?;
            let mut told = Vec::new();
            for user in people {
                bring_in(tx, room, user, &mut told).await?;
            }
            Ok((store::list::entry(tx, me.id, room).await?, told))
        })
    });
    gathering.await
}

/// Puts a person into a room, at a version of its own, and notes who must be told what: first
/// those who are there, then the newcomer, whose list begins with everything before.
pub(super) async fn bring_in(
    tx: &mut Connection,
    room: RoomId,
    user: UserId,
    told: &mut Vec<News>,
) -> Result<Version, Refusal> {
    if store::memberships::count_of(tx, user).await? >= ROOMS_EACH {
        return Err(Refusal::TooMany { most: ROOMS_EACH });
    }
    let version = store::rooms::next_version(tx, room).await?;
    let row = Row::Member(store::memberships::join(tx, room, user, version).await?);
    told.push(joined(tx, user, room).await?);
    told.push(news(tx, room, version, row).await?);
    Ok(version)
}

/// Takes a person out of a room, at a version of its own. A room whose last owner goes has another one at the next.
pub(super) async fn put_out(
    tx: &mut Connection,
    room: RoomId,
    user: UserId,
    told: &mut Vec<News>,
) -> Result<(), Refusal> {
    let version = store::rooms::next_version(tx, room).await?;
    let gone = store::memberships::leave(tx, room, user, version).await?;
    told.push(News::Left { user, room });
    told.push(news(tx, room, version, Row::Member(gone)).await?);
    if store::memberships::owners(tx, room).await? == 0
        && let Some(heir) = store::memberships::heir(tx, room).await?
    {
        appoint(tx, room, heir, Role::Owner, told).await?;
    }
    Ok(())
}

/// Makes somebody who is in the room something else there, at a version of its own.
pub(super) async fn appoint(
    tx: &mut Connection,
    room: RoomId,
    user: UserId,
    role: Role,
    told: &mut Vec<News>,
) -> Result<(), Refusal> {
    let version = store::rooms::next_version(tx, room).await?;
    let row = store::memberships::appoint(tx, room, user, role, version).await?;
    told.push(news(tx, room, version, Row::Member(row)).await?);
    Ok(())
}

/// Those who are in a room and whose name or handle begins so, for whoever is about to mention them.
///
/// # Errors
/// `NotFound`, `Unavailable`.
pub async fn members_called(
    state: &AppState,
    me: &Person,
    room: RoomId,
    beginning: &str,
) -> Result<Vec<Person>, Refusal> {
    let mut tx = state.store.snapshot().await?;
    member_of(&mut tx, me, room).await?;
    let key = search_key(&beginning.chars().take(QUERY_CHARS).collect::<String>());
    store::users::members_like(&mut tx, room, me.id, &key, FOUND).await
}

/// What one who is in a room from now on is told.
///
/// # Errors
/// `NotFound`: they aren't.
pub(super) async fn joined(tx: &mut Connection, user: UserId, room: RoomId) -> Result<News, Refusal> {
    let mut entry = store::list::entry(tx, user, room).await?;
    presence::note_seen(tx, user, std::slice::from_mut(&mut entry)).await?;
    let standing = store::memberships::standing(tx, room, user).await?;
    Ok(News::Joined {
        user,
        sees_from: standing.map_or(entry.through, |standing| standing.sees_from),
        entry: Box::new(entry),
    })
}

/// Rooms that are open to all.
///
/// # Errors
/// `Unavailable`.
pub async fn open(state: &AppState, me: &Person) -> Result<Vec<OpenRoom>, Refusal> {
    let mut tx = state.store.snapshot().await?;
    store::rooms::find_open(&mut tx, "", me.id, ROOMS_EACH).await
}

/// People by name or handle and rooms by name; any case, `ё` as `е`.
///
/// # Errors
/// `Unavailable`.
pub async fn find(state: &AppState, me: &Person, query: &str) -> Result<Found, Refusal> {
    let query: String = query
        .trim()
        .trim_start_matches('@')
        .chars()
        .take(QUERY_CHARS)
        .collect();
    let key = search_key(&query);
    if key.is_empty() {
        return Ok(Found::default());
    }
    let mut tx = state.store.snapshot().await?;
    Ok(Found {
        people: store::users::find(&mut tx, &key, FOUND).await?,
        rooms: store::rooms::find_open(&mut tx, &key, me.id, FOUND).await?,
    })
}
