//! Accounts: the first one, signing up, signing in.

use super::names::{DisplayName, Handle, search_key};
use super::passwords;
use super::rooms::bring_in;
use super::sessions::{self, Token};
use super::state::AppState;
use super::store::{self, users::NewUser};
use crate::shared::ids::RoomId;
use crate::shared::refusal::Refusal;
use crate::shared::room::{History, RoomKind};
use crate::shared::user::Person;
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
        if store::users::handle_is_taken(&mut tx, &handle_key).await? {
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
