//! What every request needs.

use super::build::Build;
use super::clock::Clock;
use super::config::{Config, is_watched};
use super::hub::Hub;
use super::rates::Rates;
use super::store::Store;
use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use std::sync::Arc;

/// Cheap to clone: everything in it is shared.
#[derive(Clone)]
pub struct AppState {
    pub config: Arc<Config>,
    pub store: Store,
    pub hub: Arc<Hub>,
    pub rates: Arc<Rates>,
    pub clock: Clock,
    pub leptos: LeptosOptions,
    pub build: Arc<Build>,
}

impl AppState {
    /// Opens the database and everything else that a running server has.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open(config: Config) -> anyhow::Result<AppState> {
        let hub = Arc::new(Hub::default());
        let store = Store::open(&config.database_url, hub.clone()).await?;
        let rates = Arc::new(Rates::new(config.rate_limits));
        let build = Arc::new(Build::of(&config.site_root, is_watched()));
        let leptos = config.leptos(&build.folder);
        Ok(AppState {
            config: Arc::new(config),
            store,
            hub,
            rates,
            clock: Clock::default(),
            leptos,
            build,
        })
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}
