//! Passwords: how strong they must be, and their slow hashes.

use crate::shared::limits;
use crate::shared::refusal::Refusal;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use unicode_normalization::UnicodeNormalization;
use zxcvbn::{Score, zxcvbn};

/// OWASP's argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes computed at once: each takes a core and its memory for tens of milliseconds.
static SLOTS: Semaphore = Semaphore::const_new(2);
/// How long a request waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// Checked when there is no such account, so that the answer takes as long as if there were. Of
/// random bytes that nobody kept, with the parameters above.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$4766z+u40NSEXFeI1x6m5g$J/f5sYKtIyCdzxvwvBZX6SzJMM1QYRkBBG893rkMrwc";

/// Only the beginning is estimated: the time it takes grows faster than the length.
const ESTIMATED_CHARS: usize = 100;

/// Whether a new password is fit for this person: long enough, and not among the first that
/// somebody who knows their names would try.
pub fn check_strength(password: &str, handle: &str, name: &str) -> Result<(), Refusal> {
    check_length(password)?;
    if password.chars().count() < limits::PASSWORD_MIN_CHARS {
        return Err(Refusal::PasswordTooShort {
            least: limits::PASSWORD_MIN_CHARS,
        });
    }
    let beginning: String = password.chars().take(ESTIMATED_CHARS).collect();
    let mut known = vec![handle, name, "digital", "messages"];
    known.extend(handle.split(['.', '_', '-']));
    known.extend(name.split_whitespace());
    if zxcvbn(&beginning, &known).score() < Score::Two {
        return Err(Refusal::PasswordWeak);
    }
    Ok(())
}

/// The hash of a password, as a PHC string with its parameters and salt.
pub async fn hash(password: String) -> Result<String, Refusal> {
    check_length(&password)?;
    in_turn(move || {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|_| Refusal::Broken)?;
        let salt = SaltString::encode_b64(&random).map_err(|_| Refusal::Broken)?;
        let hash = hasher()?
            .hash_password(&bytes(&password), &salt)
            .map_err(|_| Refusal::Broken)?;
        Ok(hash.to_string())
    })
    .await
}

/// Whether the password is the one of the hash. Without a hash it isn't, after the same work.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool, Refusal> {
    check_length(&password)?;
    in_turn(move || {
        let hash_or_nobody =
            PasswordHash::new(hash.as_deref().unwrap_or(NOBODY)).map_err(|_| Refusal::Broken)?;
        let matches = hasher()?
            .verify_password(&bytes(&password), &hash_or_nobody)
            .is_ok();
        Ok(matches && hash.is_some())
    })
    .await
}

fn check_length(password: &str) -> Result<(), Refusal> {
    if password.len() > limits::PASSWORD_MAX_BYTES {
        Err(Refusal::PasswordTooLong)
    } else {
        Ok(())
    }
}

/// One password has one spelling, whichever keyboard composed its letters (NIST SP 800-63B).
fn bytes(password: &str) -> Vec<u8> {
    password.nfkc().collect::<String>().into_bytes()
}

fn hasher() -> Result<Argon2<'static>, Refusal> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| Refusal::Broken)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Does the work aside, when its turn comes. The turn goes along with the work, which a request
/// that is given up doesn't stop.
async fn in_turn<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let turn = turn(&SLOTS, PATIENCE).await?;
    let done = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work()
    });
    done.await.map_err(|_| Refusal::Broken)?
}

async fn turn(slots: &'static Semaphore, patience: Duration) -> Result<SemaphorePermit<'static>, Refusal> {
    match tokio::time::timeout(patience, slots.acquire()).await {
        Ok(turn) => turn.map_err(|_| Refusal::Broken),
        Err(_) => Err(Refusal::TooFast {
            retry_after_seconds: 5,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    fn strength(password: &str) -> Result<(), Refusal> {
        check_strength(password, "anna.karenina", "Анна Каренина")
    }

    #[test]
    fn a_short_password_is_refused_by_characters_not_bytes() {
        assert_eq!(strength("щъ7Ыфя!"), Err(Refusal::PasswordTooShort { least: 8 }));
        assert_eq!(strength("щъ7Ыфя!ю"), Ok(()));
    }

    #[test]
    fn a_password_that_one_would_try_first_is_refused() {
        for password in [
            "password",
            "12345678",
            "qwertyui",
            "aaaaaaaaaaaa",
            "annakarenina",
            "anna.karenina",
            "digitalmessages",
        ] {
            assert_eq!(strength(password), Err(Refusal::PasswordWeak), "{password}");
        }
    }

    #[test]
    fn an_unguessable_password_is_accepted() {
        for password in [
            "correct horse battery staple",
            "tr0ub4dor&3x",
            "пятница вечером у реки",
            "k8#Vq2!z",
        ] {
            assert_eq!(strength(password), Ok(()), "{password}");
        }
    }

    #[test]
    fn a_long_password_is_estimated_quickly_and_a_too_long_one_not_at_all() {
        let began = Instant::now();
        let _ = strength(&"aB3$".repeat(limits::PASSWORD_MAX_BYTES / 4));
        let _ = strength(&"password1qwerty".repeat(60));
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
        assert_eq!(
            strength(&"x".repeat(limits::PASSWORD_MAX_BYTES + 1)),
            Err(Refusal::PasswordTooLong)
        );
    }

    #[tokio::test]
    async fn a_hash_verifies_its_password_and_no_other() {
        let hashed = hash("correct horse".into()).await.unwrap();
        assert!(hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hashed}");
        assert_eq!(
            verify("correct horse".into(), Some(hashed.clone())).await,
            Ok(true)
        );
        assert_eq!(
            verify("Correct horse".into(), Some(hashed.clone())).await,
            Ok(false)
        );
        assert_ne!(hash("correct horse".into()).await.unwrap(), hashed);
    }

    #[tokio::test]
    async fn a_password_is_the_same_however_its_letters_are_composed() {
        let hashed = hash("ёжики й".into()).await.unwrap();
        assert_eq!(
            verify("е\u{308}жики и\u{306}".into(), Some(hashed)).await,
            Ok(true)
        );
    }

    #[tokio::test]
    async fn nobody_costs_the_same_work_and_never_gets_in() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        let params = Params::try_from(&nobody).unwrap();
        assert_eq!(
            (params.m_cost(), params.t_cost(), params.p_cost()),
            (MEMORY_KIB, PASSES, LANES)
        );
        assert_eq!(nobody.hash.unwrap().len(), Params::DEFAULT_OUTPUT_LEN);
        assert_eq!(verify("correct horse".into(), None).await, Ok(false));
    }

    #[tokio::test]
    async fn too_long_passwords_are_refused_before_hashing() {
        let long = "x".repeat(limits::PASSWORD_MAX_BYTES + 1);
        assert_eq!(hash(long.clone()).await, Err(Refusal::PasswordTooLong));
        assert_eq!(verify(long, None).await, Err(Refusal::PasswordTooLong));
    }

    #[tokio::test]
    async fn a_hash_that_cannot_be_read_is_not_a_wrong_password() {
        assert_eq!(
            verify("correct horse".into(), Some("nonsense".into())).await,
            Err(Refusal::Broken)
        );
    }

    #[tokio::test]
    async fn waiting_too_long_for_a_turn_is_refused() {
        static ONE: Semaphore = Semaphore::const_new(1);
        let first = turn(&ONE, Duration::from_millis(10)).await.unwrap();
        let refused = turn(&ONE, Duration::from_millis(10)).await.unwrap_err();
        assert_eq!(
            refused,
            Refusal::TooFast {
                retry_after_seconds: 5
            }
        );
        drop(first);
        assert!(turn(&ONE, Duration::from_millis(10)).await.is_ok());
    }
}
