//! Oneself.

use super::asked::Asked;
use crate::shared::refusal::Refusal;
use crate::shared::user::Mine;
use leptos::prelude::*;

/// What one says of oneself, and whom one has blocked.
#[server(name = AskMine, prefix = "/fn", endpoint = "mine", protocol = Asked)]
pub async fn mine() -> Result<Mine, Refusal> {
    let (state, me) = super::asking()?;
    crate::server::profile::mine(&state, &me).await
}
