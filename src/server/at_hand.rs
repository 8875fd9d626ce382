//! One message, what is known of it and what its reader may do with it: for its page without scripts.

use super::messages;
use super::rooms;
use super::sessions::member_of;
use super::state::AppState;
use super::store;
use crate::shared::ids::{Position, RoomId, UserId};
use crate::shared::list::List;
use crate::shared::message::{EarlierText, Message};
use crate::shared::refusal::Refusal;
use crate::shared::room::{Role, RoomEntry};
use crate::shared::user::Person;

#[derive(Clone, Debug)]
pub struct AtHand {
    pub message: Message,
    pub author: Person,
    /// Whose words it passes on.
    pub forwarded_from: Option<Person>,
    pub me: UserId,
    /// The conversation that it is in.
    pub entry: RoomEntry,
    /// Whether its reader may delete it.
    pub removable: bool,
    /// Whether its reader has deleted it, just now.
    pub restorable: bool,
    /// What its reader has given to it.
    pub given: Vec<String>,
    /// Who has reacted, with what.
    pub reacted: Vec<(Person, Vec<String>)>,
    /// What it said before, for those who may know, the oldest first.
    pub earlier: Vec<EarlierText>,
    /// Where it can be passed on to, in the order of the list.
    pub conversations: Vec<RoomEntry>,
}

/// A message with all of that.
///
/// # Errors
/// `NotFound`, `Unavailable`.
pub async fn look(
    state: &AppState,
    me: &Person,
    room: RoomId,
    position: Position,
) -> Result<AtHand, Refusal> {
    let list = List::new(rooms::list(state, me).await?);
    let mut tx = state.store.snapshot().await?;
    let member = member_of(&mut tx, me, room).await?;
    let message = store::messages::seen(&mut tx, room, member.sight(), position).await?;
    let removable = message.author == me.id || member.must_be(Role::Moderator).is_ok();
    let named: Vec<UserId> = [message.author]
        .into_iter()
        .chain(message.forwarded_from)
        .collect();
    let people = store::users::people(&mut tx, &named).await?;
    let person = |id: UserId| people.iter().find(|person| person.id == id).cloned();
    let (mut given, mut reacted, mut earlier) = Default::default();
    if !message.deleted {
        given = store::reactions::set(&mut tx, room, position, me.id).await?;
        reacted = store::reactions::who(&mut tx, room, position).await?;
        if removable {
            earlier = store::messages::earlier_texts(&mut tx, room, position).await?;
        }
    }
    Ok(AtHand {
        author: person(message.author).ok_or(Refusal::Broken)?,
        forwarded_from: message.forwarded_from.and_then(person),
        me: me.id,
        entry: list.get(room).cloned().ok_or(Refusal::NotFound)?,
        removable,
        restorable: messages::is_restorable(&mut tx, me, room, &message).await?,
        given,
        reacted,
        earlier,
        conversations: list
            .ordered()
            .into_iter()
            .filter(|entry| !entry.room.closed)
            .cloned()
            .collect(),
        message,
    })
}
