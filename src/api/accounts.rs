//! One's own account.

use super::asked::Asked;
use crate::shared::refusal::Refusal;
use crate::shared::user::Account;
use leptos::prelude::*;

/// What only oneself may know of it.
#[server(name = AskAccount, prefix = "/fn", endpoint = "account", protocol = Asked)]
pub async fn account() -> Result<Account, Refusal> {
    let (state, me) = super::asking()?;
    crate::server::users::account(&state, &me).await
}
