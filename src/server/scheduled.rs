//! What can be done with messages that are to be posted later. Whoever has scheduled one may change it, take it back or
//! send it, also when they are no longer in the room: the text is theirs. What is due is sent by the
//! [`clock`](super::clock), through the same door as every message.

use super::hub::News;
use super::messages::{self, Text};
use super::sessions::member_of;
use super::state::AppState;
use super::store::scheduled::Kept;
use super::store::writer::Written;
use super::store::{self, Connection, Store};
use crate::shared::ids::{ClientId, Millis, RoomId, UserId, now};
use crate::shared::limits::{SCHEDULED_DAYS, SCHEDULED_EACH};
use crate::shared::message::{Message, NewMessage};
use crate::shared::refusal::Refusal;
use crate::shared::scheduled::{Arranged, NewScheduled, Rescheduled, Scheduled};
use crate::shared::user::Person;

/// Keeps a message that is to be posted later, once: sent again under the same client id, it answers with what has become
/// of it since.
///
/// # Errors
/// `NotFound`, `RoomClosed`, `BadRequest` (what it answers isn't there), `TextEmpty`, `TextTooLong`, `TimeInvalid`,
/// `TooMany`, `ClientIdTaken`, `Withdrawn`, `TooFast`, `Unavailable`.
pub async fn schedule(
    state: &AppState,
    me: &Person,
    room: RoomId,
    new: NewScheduled,
) -> Result<Arranged, Refusal> {
    state.rates.post(me.id)?;
    let new = NewScheduled {
        text: Text::parse(&new.text)?.into_inner(),
        ..new
    };
    let me = me.clone();
    let scheduling = state.store.writer.write(move |tx| {
        Box::pin(async move {
            let id = new.client_id;
            if let Some(kept) = store::scheduled::get(tx, me.id, id).await? {
                let same =
                    kept.scheduled.room == room && kept.first_hash == store::client_ids::hash(&new.text);
                return match same {
                    true => Ok((Arranged::Scheduled(kept.scheduled), Vec::new())),
                    false => Err(Refusal::ClientIdTaken),
                };
            }
            if let Some(message) = store::client_ids::sent_before(tx, me.id, id, room, &new.text).await? {
                return Ok((Arranged::Message(message), Vec::new()));
            }
            let member = member_of(tx, &me, room).await?;
            member.may_write()?;
            if let Some(answered) = new.reply_to {
                messages::answerable(tx, &member, answered).await?;
            }
            to_come(new.due_at)?;
            if store::scheduled::count_of(tx, me.id).await? >= SCHEDULED_EACH {
                return Err(Refusal::TooMany { most: SCHEDULED_EACH });
            }
            store::scheduled::insert(tx, me.id, room, &new).await?;
            let mut told = Vec::from_iter(messages::draft_removed(tx, &me, id).await?);
            told.extend(counted(tx, me.id, room).await?);
            let kept = mine(tx, me.id, id).await?;
            Ok((Arranged::Scheduled(kept.scheduled), told))
        })
    });
    let scheduled = scheduling.await;
    state.clock.wake();
    scheduled
}

/// Changes what one has scheduled; one that couldn't be posted waits for its new time. What is so already stays so.
///
/// # Errors
/// `NotFound`: it isn't there, or has been posted. `TextEmpty`, `TextTooLong`, `TimeInvalid`, `TooFast`, `Unavailable`.
pub async fn change(
    state: &AppState,
    me: &Person,
    client_id: ClientId,
    to: Rescheduled,
) -> Result<Scheduled, Refusal> {
    state.rates.write(me.id)?;
    let to = Rescheduled {
        text: Text::parse(&to.text)?.into_inner(),
        ..to
    };
    let user = me.id;
    let changing = state.store.writer.write(move |tx| {
        Box::pin(async move {
            let before = mine(tx, user, client_id).await?.scheduled;
            let same_time = before.failed.is_none() && before.due_at == to.due_at;
            if same_time && before.text == to.text && before.silent == to.silent {
                return Ok((before, Vec::new()));
            }
            if !same_time {
                to_come(to.due_at)?;
            }
            store::scheduled::change(tx, user, client_id, &to).await?;
            let told = counted(tx, user, before.room).await?;
            let after = mine(tx, user, client_id).await?.scheduled;
            Ok((after, Vec::from_iter(told)))
        })
    });
    let changed = changing.await;
    state.clock.wake();
    changed
}

/// Takes back what one has scheduled. Twice is as once.
///
/// # Errors
/// `NotFound`: there is none, or it has been posted. `TooFast`, `Unavailable`.
pub async fn cancel(state: &AppState, me: &Person, client_id: ClientId) -> Result<(), Refusal> {
    state.rates.write(me.id)?;
    let me = me.clone();
    let cancelling = state.store.writer.write(move |tx| {
        Box::pin(async move {
            if store::client_ids::is_withdrawn(tx, me.id, client_id).await? {
                return Ok(((), Vec::new()));
            }
            mine(tx, me.id, client_id).await?;
            // A request to schedule it that comes late is not to bring it back.
            Ok(((), messages::burn(tx, &me, client_id).await?))
        })
    });
    cancelling.await
}

/// Posts at once what one has scheduled. One that has been posted already is answered as it is now.
///
/// # Errors
/// As [`messages::post`].
pub async fn send_now(state: &AppState, me: &Person, client_id: ClientId) -> Result<Message, Refusal> {
    state.rates.post(me.id)?;
    let me = me.clone();
    let sending = state.store.writer.write(move |tx| {
        Box::pin(async move {
            if let Some((room, position)) = store::client_ids::place(tx, me.id, client_id).await? {
                let message = store::messages::by_position(tx, room, position).await?;
                return Ok((message, Vec::new()));
            }
            let kept = mine(tx, me.id, client_id).await?;
            send(tx, &me, kept).await
        })
    });
    sending.await
}

/// What one has scheduled, by the time: in one room, or all of it.
///
/// # Errors
/// `NotFound`: one isn't in that room. `Unavailable`.
pub async fn list(state: &AppState, me: &Person, only: Option<RoomId>) -> Result<Vec<Scheduled>, Refusal> {
    let mut tx = state.store.snapshot().await?;
    if let Some(room) = only {
        member_of(&mut tx, me, room).await?;
    }
    store::scheduled::of(&mut tx, me.id, only).await
}

/// Posts what is due, one by one, in the order of the times. What can't be posted stays, with the reason.
///
/// # Errors
/// `Unavailable`: the rest is to be tried again.
pub async fn send_due(store: &Store) -> Result<(), Refusal> {
    while let Some((author, client_id)) = {
        let mut snapshot = store.snapshot().await?;
        store::scheduled::first_due(&mut snapshot, now()).await?
    } {
        let sent = store
            .writer
            .write(move |tx| Box::pin(send_if_due(tx, author, client_id)));
        match sent.await {
            Ok(()) => {}
            Err(Refusal::Unavailable) => return Err(Refusal::Unavailable),
            // Whatever is wrong with it, those after it are to go.
            Err(refusal) => {
                let failing = store.writer.write(move |tx| {
                    Box::pin(async move { Ok(((), failed(tx, author, client_id, &refusal).await?)) })
                });
                failing.await?;
            }
        }
    }
    Ok(())
}

/// When the next one is due.
///
/// # Errors
/// `Unavailable`.
pub async fn next_due(store: &Store) -> Result<Option<Millis>, Refusal> {
    store::scheduled::next_due(&mut *store.snapshot().await?).await
}

/// Its author may have changed it, or taken it back, a moment ago.
async fn send_if_due(tx: &mut Connection, author: UserId, client_id: ClientId) -> Written<()> {
    let kept = store::scheduled::get(tx, author, client_id).await?;
    let due = |kept: &Kept| kept.scheduled.failed.is_none() && kept.scheduled.due_at <= now();
    let Some(kept) = kept.filter(due) else {
        return Ok(((), Vec::new()));
    };
    let author = store::users::people(tx, &[author]).await?.pop();
    let author = author.ok_or(Refusal::NotFound)?;
    let (_, told) = send(tx, &author, kept).await?;
    Ok(((), told))
}

async fn failed(
    tx: &mut Connection,
    author: UserId,
    client_id: ClientId,
    why: &Refusal,
) -> Result<Vec<News>, Refusal> {
    let Some(kept) = store::scheduled::get(tx, author, client_id).await? else {
        return Ok(Vec::new());
    };
    store::scheduled::fail(tx, author, client_id, why).await?;
    let told = counted(tx, author, kept.scheduled.room).await?;
    Ok(Vec::from_iter(told))
}

/// Posts it, and it waits no longer: both in this transaction, or neither.
async fn send(tx: &mut Connection, me: &Person, kept: Kept) -> Written<Message> {
    let Kept {
        scheduled,
        first_hash,
    } = kept;
    let room = scheduled.room;
    let told = removed(tx, me.id, scheduled.client_id).await?;
    let member = member_of(tx, me, room).await?;
    let reply_to = match scheduled.reply_to {
        Some(answered) => match messages::answerable(tx, &member, answered).await {
            Ok(answered) => Some(answered.position).filter(|_| !answered.deleted),
            // What it was to answer is gone; its words are not.
            Err(Refusal::BadRequest) => None,
            Err(refusal) => return Err(refusal),
        },
        None => None,
    };
    let message = NewMessage {
        client_id: scheduled.client_id,
        text: scheduled.text,
        reply_to,
        silent: scheduled.silent,
        ..NewMessage::default()
    };
    let (message, mut all) = messages::deliver(tx, me, room, message, first_hash).await?;
    all.extend(told);
    Ok((message, all))
}

/// Another device has sent what this one has scheduled: it goes now, and not once more.
///
/// # Errors
/// `ClientIdTaken`: it is another text, or in another room.
pub(super) async fn sent_early(
    tx: &mut Connection,
    me: &Person,
    client_id: ClientId,
    room: RoomId,
    text: &str,
) -> Result<Option<(Message, Vec<News>)>, Refusal> {
    match store::scheduled::get(tx, me.id, client_id).await? {
        None => Ok(None),
        Some(kept) if kept.scheduled.room != room || kept.scheduled.text != text => {
            Err(Refusal::ClientIdTaken)
        }
        Some(kept) => send(tx, me, kept).await.map(Some),
    }
}

/// Whether this text waits under that client id; it is a draft no longer.
///
/// # Errors
/// `ClientIdTaken`: it is another text, or in another room.
pub(super) async fn waits(
    tx: &mut Connection,
    me: UserId,
    client_id: ClientId,
    room: RoomId,
    text: &str,
) -> Result<bool, Refusal> {
    let Some(Kept {
        scheduled,
        first_hash,
    }) = store::scheduled::get(tx, me, client_id).await?
    else {
        return Ok(false);
    };
    let known = scheduled.text == text || first_hash == store::client_ids::hash(text);
    match scheduled.room == room && known {
        true => Ok(true),
        false => Err(Refusal::ClientIdTaken),
    }
}

/// What waits under that client id waits no longer.
pub(super) async fn removed(
    tx: &mut Connection,
    user: UserId,
    client_id: ClientId,
) -> Result<Option<News>, Refusal> {
    match store::scheduled::remove(tx, user, client_id).await? {
        Some(room) => counted(tx, user, room).await,
        None => Ok(None),
    }
}

/// How many there are now, as one's devices are told of it.
async fn counted(tx: &mut Connection, user: UserId, room: RoomId) -> Result<Option<News>, Refusal> {
    let own = store::own::count_scheduled(tx, room, user).await?;
    Ok(own.map(|own| News::Own { user, room, own }))
}

/// # Errors
/// `NotFound`
async fn mine(tx: &mut Connection, user: UserId, client_id: ClientId) -> Result<Kept, Refusal> {
    store::scheduled::get(tx, user, client_id)
        .await?
        .ok_or(Refusal::NotFound)
}

/// # Errors
/// `TimeInvalid`
fn to_come(due_at: Millis) -> Result<(), Refusal> {
    const MOST_AHEAD: Millis = SCHEDULED_DAYS * 24 * 60 * 60 * 1_000;
    match due_at.saturating_sub(now()) {
        1..=MOST_AHEAD => Ok(()),
        _ => Err(Refusal::TimeInvalid),
    }
}
