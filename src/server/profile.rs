//! What people say of themselves: their name, a line, their time, a picture.

use super::hub::News;
use super::names::{self, DisplayName, search_key};
use super::pictures;
use super::presence;
use super::state::AppState;
use super::store::{self, Connection};
use super::users;
use crate::shared::ids::{Version, now};
use crate::shared::limits::{ABOUT_CHARS, CHANGES_ROWS};
use crate::shared::live::Directory;
use crate::shared::receipt::{Presence, Privacy};
use crate::shared::refusal::Refusal;
use crate::shared::user::{Card, Mine, Person, Profile};
use crate::shared::zone::Zone;

/// One's own page.
///
/// # Errors
/// `Unavailable`.
pub async fn mine(state: &AppState, me: &Person) -> Result<Mine, Refusal> {
    let mut tx = state.store.snapshot().await?;
    Ok(Mine {
        me: me.clone(),
        profile: store::users::profile(&mut tx, me.id).await?,
        blocked: store::blocks::of(&mut tx, me.id).await?,
        account: users::account(&mut tx, me.id).await?,
        privacy: store::receipts::privacy(&mut tx, me.id).await?,
    })
}

/// Another person, as far as `me` may know them.
pub(super) async fn card(tx: &mut Connection, me: &Person, of: Person) -> Result<Card, Refusal> {
    let Profile { about, zone, .. } = store::users::profile(tx, of.id).await?;
    Ok(Card {
        about,
        zone,
        common: store::memberships::common(tx, me.id, of.id).await?,
        blocked: store::blocks::is_blocked(tx, me.id, of.id).await?,
        person: of,
    })
}

/// Who got another name, handle or picture after that number of the directory; of very many those who did first.
///
/// # Errors
/// `Unavailable`.
pub async fn changed_after(state: &AppState, after: Version) -> Result<Directory, Refusal> {
    store::users::changed_after(&mut *state.store.snapshot().await?, after, CHANGES_ROWS).await
}

/// Says of oneself what is given; everyone hears the name.
///
/// # Errors
/// `NameInvalid`; `TextTooLong`: the line; `BadRequest`: no zone. `TooFast`, `Unavailable`.
pub async fn describe(state: &AppState, me: &Person, said: Profile) -> Result<Person, Refusal> {
    state.rates.write(me.id)?;
    let profile = Profile {
        name: DisplayName::parse(&said.name)?.into_string(),
        about: line(&said.about)?,
        zone: match said.zone {
            Some(zone) => Some(Zone::parse(&zone).ok_or(Refusal::BadRequest)?.to_string()),
            None => None,
        },
    };
    let (user, key) = (me.id, search_key(&format!("{} {}", profile.name, me.handle)));
    let describing = state.store.writer.write(move |tx| {
        Box::pin(async move {
            let before = store::users::profile(tx, user).await?;
            let me = store::users::describe(tx, user, &profile, &key).await?;
            let told = (before.name != profile.name).then(|| News::Person(me.clone()));
            Ok((me, told.into_iter().collect()))
        })
    });
    describing.await
}

/// Says what others may know of one's reading and of one's being there. Whoever hides it isn't told it of others either.
///
/// # Errors
/// `TooFast`, `Unavailable`.
pub async fn disclose(state: &AppState, me: &Person, privacy: Privacy) -> Result<(), Refusal> {
    state.rates.write(me.id)?;
    let (user, online) = (me.id, state.hub.is_online(me.id));
    let disclosing = state.store.writer.write(move |tx| {
        Box::pin(async move {
            // Before, while they may still be told anything.
            let hidden = match privacy.presence {
                true => None,
                false => Some(presence::told(tx, user, None).await?),
            };
            store::receipts::set_privacy(tx, user, privacy).await?;
            let shown = match privacy.presence {
                true => {
                    let seen = now();
                    store::presence::seen(tx, user, seen).await?;
                    Some(presence::told(tx, user, Some(Presence { online, seen })).await?)
                }
                false => None,
            };
            Ok(((), hidden.into_iter().chain(shown).collect()))
        })
    });
    disclosing.await
}

/// One line without what can't be seen.
fn line(text: &str) -> Result<String, Refusal> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line: String = words
        .join(" ")
        .chars()
        .filter(|c| !names::is_invisible(*c))
        .collect();
    match line.chars().count() {
        chars if chars > ABOUT_CHARS => Err(Refusal::TextTooLong {
            chars,
            most: ABOUT_CHARS,
        }),
        _ => Ok(line),
    }
}

/// Shows oneself by a picture, or, with nothing, by one's initials again.
///
/// # Errors
/// `PictureInvalid`, `TooLarge`, `TooFast`, `Unavailable`.
pub async fn depict(state: &AppState, me: &Person, bytes: Option<Vec<u8>>) -> Result<Person, Refusal> {
    state.rates.picture(me.id)?;
    let jpeg = pictures::parse(bytes).await?;
    let user = me.id;
    let depicting = state.store.writer.write(move |tx| {
        Box::pin(async move {
            let hash = store::pictures::put(tx, jpeg.as_deref()).await?;
            let me = store::users::depict(tx, user, hash.as_deref()).await?;
            store::pictures::sweep(tx).await?;
            Ok((me.clone(), vec![News::Person(me)]))
        })
    });
    depicting.await
}

/// A picture's bytes.
///
/// # Errors
/// `NotFound`, `Unavailable`.
pub async fn picture(state: &AppState, hash: &str) -> Result<Vec<u8>, Refusal> {
    store::pictures::get(&mut *state.store.snapshot().await?, hash).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(
            line("  в отпуске\n до\u{202e} пятницы ").unwrap(),
            "в отпуске до пятницы"
        );
        assert_eq!(line(&"я".repeat(140)).unwrap().chars().count(), 140);
        let long = Refusal::TextTooLong {
            chars: 141,
            most: 140,
        };
        assert_eq!(line(&"я".repeat(141)), Err(long));
    }
}
