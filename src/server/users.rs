//! Accounts: the first one, signing up, signing in.

use super::hub::News;
use super::invitations::admit;
use super::names::{DisplayName, Handle, search_key};
use super::passwords;
use super::rooms::{self, bring_in, direct_with};
use super::sessions::{self, Token};
use super::state::AppState;
use super::store::{self, Connection, users::NewUser};
use crate::shared::ids::{RoomId, UserId};
use crate::shared::limits::FORMER_HANDLES;
use crate::shared::refusal::Refusal;
use crate::shared::room::{History, RoomKind};
use crate::shared::user::{Account, Person};
use std::net::IpAddr;

/// What somebody who wants an account has typed.
pub struct SignUp<'a> {
    pub handle: &'a str,
    pub name: &'a str,
    pub password: &'a str,
}

impl SignUp<'_> {
    /// Everything that can be refused is, before the costly hash.
    async fn check(&self, state: &AppState, owner: bool) -> Result<NewUser, Refusal> {
        let handle = Handle::parse(self.handle)?;
        let name = DisplayName::parse(self.name)?;
        let handle_key = handle.lookalike_key();
        let mut tx = state.store.snapshot().await?;
        if store::users::handle_is_taken(&mut tx, &handle_key, None).await? {
            return Err(Refusal::HandleTaken);
        }
        drop(tx);
        passwords::check_strength(self.password, handle.as_str(), name.as_str())?;
        let password_hash = passwords::hash(self.password.to_owned()).await?;
        let search_key = search_key(&format!("{} {}", name.as_str(), handle.as_str()));
        Ok(NewUser {
            handle: handle.as_str().to_owned(),
            handle_key,
            name: name.as_str().to_owned(),
            search_key,
            password_hash,
            owner,
        })
    }
}

/// Whether nobody has an account yet.
///
/// # Errors
/// `Unavailable`.
pub async fn none_yet(state: &AppState) -> Result<bool, Refusal> {
    let mut tx = state.store.snapshot().await?;
    Ok(!store::users::any(&mut tx).await?)
}

/// Makes the first account, the owner, and the first room, named in the owner's language.
///
/// # Errors
/// `AlreadySetUp`, and as [`sign_up`].
pub async fn first_run(
    state: &AppState,
    ip: IpAddr,
    form: SignUp<'_>,
    room_name: &'static str,
) -> Result<(Person, Token, RoomId), Refusal> {
    state.rates.sign_up(ip)?;
    let user = form.check(state, true).await?;
    let making = state.store.writer.write(move |tx| {
        Box::pin(async move {
            if store::users::any(tx).await? {
                return Err(Refusal::AlreadySetUp);
            }
            let me = store::users::insert(tx, &user).await?;
            let room = store::rooms::insert(
                tx,
                RoomKind::Open,
                room_name,
                &search_key(room_name),
                History::All,
            )
            .await?;
            let mut told = Vec::new();
            bring_in(tx, room, me.id, &mut told).await?;
            Ok(((me, room), told))
        })
    });
    let (me, room) = making.await?;
    let token = sessions::begin(state, &me).await?;
    Ok((me, token, room))
}

/// Makes an account and signs it in. Newcomers are in the first room while that is open: an empty
/// page greets nobody.
///
/// # Errors
/// `HandleInvalid`, `HandleTaken`, `NameInvalid`, `PasswordTooShort`, `PasswordTooLong`,
/// `PasswordWeak`, `TooFast`, `Unavailable`; `NotAllowed` before the first account is made.
pub async fn sign_up(state: &AppState, ip: IpAddr, form: SignUp<'_>) -> Result<(Person, Token), Refusal> {
    if none_yet(state).await? {
        return Err(Refusal::NotAllowed);
    }
    state.rates.sign_up(ip)?;
    let user = form.check(state, false).await?;
    let making = state.store.writer.write(move |tx| {
        Box::pin(async move {
            let me = store::users::insert(tx, &user).await?;
            let mut told = Vec::new();
            const FIRST_ROOM: RoomId = RoomId(1);
            if store::rooms::open_room(tx, FIRST_ROOM, me.id).await?.is_some() {
                bring_in(tx, FIRST_ROOM, me.id, &mut told).await?;
            }
            Ok((me, told))
        })
    });
    let me = making.await?;
    let token = sessions::begin(state, &me).await?;
    Ok((me, token))
}

/// What a newcomer without a password was led here by.
pub enum Toward {
    /// The token of a link into a room.
    Room(String),
    /// Somebody's handle: they are to talk to each other.
    Person(String),
}

/// Makes an account of a name alone, leads it where it was going, and signs it in: all or nothing. The answer is
/// the session and the path of the conversation. For people in a browser only, so it has no address for programs.
///
/// # Errors
/// `NameInvalid`; `NotAllowed`: the server takes in no such newcomers. `NotFound`, `InvitationOver`, `TooMany`, `TooFast`,
/// `Unavailable`.
pub async fn newcomer(
    state: &AppState,
    ip: IpAddr,
    name: &str,
    toward: Toward,
) -> Result<(Token, String), Refusal> {
    let name = DisplayName::parse(name)?;
    state.rates.newcomer(ip)?;
    let coming = state.store.writer.write(move |tx| {
        Box::pin(async move {
            if !store::users::takes_newcomers(tx).await? {
                return Err(Refusal::NotAllowed);
            }
            let me = insert_newcomer(tx, name).await?;
            let mut told = Vec::new();
            let path = match toward {
                Toward::Room(token) => {
                    let room = admit(tx, &token, me.id, &mut told).await?;
                    format!("/rooms/{room}")
                }
                Toward::Person(handle) => {
                    let with = rooms::person(tx, &handle).await?;
                    direct_with(tx, me.id, with.id, &mut told).await?;
                    format!("/@{}", with.handle)
                }
            };
            Ok(((me, path), told))
        })
    });
    let (me, path) = coming.await?;
    let token = sessions::begin(state, &me).await?;
    Ok((token, path))
}

/// An account without a password, under the first free handle of its name.
async fn insert_newcomer(tx: &mut Connection, name: DisplayName) -> Result<Person, Refusal> {
    /// So many have a short number; the rest a random one, so that nobody has to look through thousands.
    const IN_ORDER: u32 = 9;
    const TRIES: u32 = 50;
    let base = Handle::of_name(&name);
    for number in 1..TRIES {
        let handle = match number {
            1 => base.clone(),
            2..=IN_ORDER => base.numbered(number),
            _ => base.numbered(random_number()?),
        };
        let handle_key = handle.lookalike_key();
        if store::users::handle_is_taken(tx, &handle_key, None).await? {
            continue;
        }
        let user = NewUser {
            search_key: search_key(&format!("{} {}", name.as_str(), handle.as_str())),
            handle: handle.into_string(),
            handle_key,
            name: name.into_string(),
            password_hash: String::new(),
            owner: false,
        };
        return store::users::insert(tx, &user).await;
    }
    Err(Refusal::HandleTaken)
}

fn random_number() -> Result<u32, Refusal> {
    let mut bytes = [0_u8; 4];
    getrandom::fill(&mut bytes).map_err(|_| Refusal::Unavailable)?;
    Ok(u32::from_le_bytes(bytes) % 1_000_000)
}

/// Whether newcomers without a password are taken in.
///
/// # Errors
/// `Unavailable`.
pub async fn takes_newcomers(state: &AppState) -> Result<bool, Refusal> {
    let mut tx = state.store.snapshot().await?;
    store::users::takes_newcomers(&mut tx).await
}

/// Whom a stranger has come to talk to by their link, `/@handle`. Nobody, where newcomers aren't taken in.
///
/// A stranger learns here which handles there are, as they do by signing up; and whose they are, which is
/// what the link is for. Asking for one after the other is held back by address.
///
/// # Errors
/// `TooFast`, `Unavailable`.
pub async fn host(state: &AppState, ip: IpAddr, handle: &str) -> Result<Option<Person>, Refusal> {
    state.rates.look_up(ip)?;
    let mut tx = state.store.snapshot().await?;
    if !store::users::takes_newcomers(&mut tx).await? {
        return Ok(None);
    }
    match rooms::person(&mut tx, handle).await {
        Ok(person) => Ok(Some(person)),
        Err(Refusal::NotFound) => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

/// What is known of one's own account.
///
/// # Errors
/// `Unavailable`.
pub async fn account(tx: &mut Connection, me: UserId) -> Result<Account, Refusal> {
    let (password, owner) = store::users::account(tx, me).await?;
    Ok(Account {
        password,
        owner,
        newcomers: store::users::takes_newcomers(tx).await?,
    })
}

/// Goes by another handle from here on; everyone hears it. The one before leads to the same person, and stays theirs. One
/// signs in by the new one. The same again changes nothing.
///
/// # Errors
/// `HandleInvalid`, `HandleTaken`; `TooMany`: one had as many as one can have. `TooFast`, `Unavailable`.
pub async fn rename(state: &AppState, me: &Person, handle: &str) -> Result<Person, Refusal> {
    state.rates.write(me.id)?;
    let handle = Handle::parse(handle)?;
    if handle.as_str() == me.handle {
        return Ok(me.clone());
    }
    let key = handle.lookalike_key();
    let mut tx = state.store.snapshot().await?;
    if store::users::handle_is_taken(&mut tx, &key, Some(me.id)).await? {
        return Err(Refusal::HandleTaken);
    }
    drop(tx);
    // What is refused is no change, and doesn't count as one.
    state.rates.rename(me.id)?;
    let me = me.id;
    let renaming = state.store.writer.write(move |tx| {
        Box::pin(async move {
            if store::users::handle_is_taken(tx, &key, Some(me)).await? {
                return Err(Refusal::HandleTaken);
            }
            if store::users::count_former(tx, me, handle.as_str()).await? >= FORMER_HANDLES {
                return Err(Refusal::TooMany { most: FORMER_HANDLES });
            }
            let name = store::users::profile(tx, me).await?.name;
            let search_key = search_key(&format!("{name} {handle}"));
            let me = store::users::rename(tx, me, handle.as_str(), &key, &search_key).await?;
            Ok((me.clone(), vec![News::Person(me)]))
        })
    });
    renaming.await
}

/// The handle of whoever had this one before, if somebody had.
///
/// # Errors
/// `Unavailable`.
pub async fn present_handle(state: &AppState, former: &str) -> Result<Option<String>, Refusal> {
    let Ok(handle) = Handle::parse(former) else {
        return Ok(None);
    };
    store::users::present_handle(&mut *state.store.snapshot().await?, handle.as_str()).await
}

/// Gives a password to one's own account, which has none yet.
///
/// # Errors
/// `PasswordTooShort`, `PasswordTooLong`, `PasswordWeak`; `NotAllowed`: it has one. `TooFast`, `Unavailable`.
pub async fn set_password(state: &AppState, me: &Person, password: &str) -> Result<(), Refusal> {
    state.rates.write(me.id)?;
    if account(&mut *state.store.snapshot().await?, me.id)
        .await?
        .password
    {
        return Err(Refusal::NotAllowed);
    }
    passwords::check_strength(password, &me.handle, &me.name)?;
    let hash = passwords::hash(password.to_owned()).await?;
    let me = me.id;
    let setting = state.store.writer.write(move |tx| {
        Box::pin(async move {
            match store::users::set_first_password(tx, me, &hash).await? {
                true => Ok(((), Vec::new())),
                false => Err(Refusal::NotAllowed),
            }
        })
    });
    setting.await
}

/// Takes in newcomers without a password from here on, or no longer. For the server's owner.
///
/// # Errors
/// `NotAllowed`, `TooFast`, `Unavailable`.
pub async fn take_newcomers(state: &AppState, me: &Person, take: bool) -> Result<(), Refusal> {
    state.rates.write(me.id)?;
    let me = me.id;
    let setting = state.store.writer.write(move |tx| {
        Box::pin(async move {
            let (_, owner) = store::users::account(tx, me).await?;
            if !owner {
                return Err(Refusal::NotAllowed);
            }
            store::users::take_newcomers(tx, take).await?;
            Ok(((), Vec::new()))
        })
    });
    setting.await
}

/// # Errors
/// `WrongPassword`, for an unknown handle too and after the same time; `TooFast`, `Unavailable`.
pub async fn sign_in(
    state: &AppState,
    ip: IpAddr,
    handle: &str,
    password: &str,
) -> Result<(Person, Token), Refusal> {
    state.rates.sign_in(ip, handle)?;
    let known = match Handle::parse(handle) {
        Ok(handle) => store::users::credentials(&mut *state.store.snapshot().await?, handle.as_str()).await?,
        Err(_) => None,
    };
    let (me, hash) = known.unzip();
    let right = passwords::verify(password.to_owned(), hash).await?;
    let me = me.filter(|_| right).ok_or(Refusal::WrongPassword)?;
    let token = sessions::begin(state, &me).await?;
    Ok((me, token))
}
