//! Who looks at the page, and who types: what is heard of by sockets alone.

use super::{Hub, Inner, Subscription, encode};
use crate::shared::ids::{RoomId, UserId};
use crate::shared::limits::TYPING_PEOPLE;
use crate::shared::live::ToBrowser;
use crate::shared::room::RoomEntry;
use crate::shared::user::Person;

impl Subscription {
    /// Somebody can see this socket's page, or can't any more.
    pub fn look(&self, visible: bool) {
        let mut inner = self.hub.lock();
        let theirs = inner.people.get_mut(&self.user).map(|person| &mut person.sockets);
        let own = theirs.into_iter().flatten().find(|socket| socket.id == self.id);
        own.into_iter().for_each(|socket| socket.visible = visible);
    }
}

impl Hub {
    /// Whether somebody is there by another word than others were told; from here on that is it.
    pub fn turn(&self, user: UserId) -> Option<bool> {
        let mut inner = self.lock();
        let online = inner.looks(user);
        if online == inner.online.contains(&user) {
            return None;
        }
        match online {
            true => inner.online.insert(user),
            false => inner.online.remove(&user),
        };
        Some(online)
    }

    pub fn is_online(&self, user: UserId) -> bool {
        self.lock().online.contains(&user)
    }

    /// Notes whether the other person of a conversation is there, where that may be told.
    pub fn note(&self, entry: &mut RoomEntry) {
        self.lock().note(entry);
    }

    /// The person is writing something in the room: for the others who are there now, unless those are many. Of somebody
    /// who isn't in the room nobody hears.
    pub fn typing(&self, room: RoomId, who: &Person) {
        let mut inner = self.lock();
        let Some(audience) = inner.rooms.get(&room) else {
            return;
        };
        if !audience.here.contains_key(&who.id) || audience.here.len() > TYPING_PEOPLE {
            return;
        }
        let others: Vec<UserId> = audience
            .here
            .keys()
            .copied()
            .filter(|user| *user != who.id)
            .collect();
        let text = encode(&ToBrowser::Typing {
            room,
            person: who.id,
            name: who.name.clone(),
        });
        others.into_iter().for_each(|user| inner.tell(user, &text));
    }
}

impl Inner {
    pub(super) fn note(&self, entry: &mut RoomEntry) {
        if let (Some(presence), Some(with)) = (&mut entry.presence, &entry.with) {
            presence.online = self.online.contains(&with.id);
        }
    }

    fn looks(&self, user: UserId) -> bool {
        let person = self.people.get(&user);
        person.is_some_and(|person| person.sockets.iter().any(|socket| socket.visible))
    }
}
