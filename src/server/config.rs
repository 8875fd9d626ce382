//! Settings: flags, or the environment.

use clap::{ArgAction, Args, Parser, Subcommand};
use leptos::config::{Env, LeptosOptions};
use std::net::SocketAddr;
use std::path::PathBuf;

/// A messenger to run for yourself: one program, one database file.
#[derive(Debug, Parser)]
#[command(name = "digital-messages", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub serve: Config,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the messenger (the default).
    Serve(Config),
    /// Fill an empty database with a believable community, to look at and to measure.
    Seed(Config),
}

/// How the server runs.
#[derive(Clone, Debug, Args)]
pub struct Config {
    /// The address to listen on; port 0 takes a free one.
    #[arg(long, env = "DIGITAL_MESSAGES_ADDR", default_value = "127.0.0.1:3000")]
    pub addr: SocketAddr,

    /// The database's file. Made when absent.
    #[arg(long, env = "DATABASE_URL", default_value = "data/digital-messages.db")]
    pub database_url: String,

    /// The address under which people reach the server, for example https://chat.example.org.
    /// With https, cookies are bound to this host and TLS; without it, plain http is assumed.
    #[arg(long, env = "DIGITAL_MESSAGES_PUBLIC_URL")]
    pub public_url: Option<String>,

    /// Refuse whoever signs up, signs in or writes too fast (on, off).
    #[arg(long, env = "DIGITAL_MESSAGES_RATE_LIMITS", default_value = "on", action = ArgAction::Set, value_parser = on_off)]
    pub rate_limits: bool,

    /// How many reverse proxies stand in front, each adding to X-Forwarded-For. With the right number
    /// the limits count people; with 0 they count whoever connects.
    #[arg(long, env = "DIGITAL_MESSAGES_PROXIES", default_value_t = 0)]
    pub proxies: usize,

    /// The folder with the page's files, as `cargo leptos build` leaves it.
    #[arg(long, env = "LEPTOS_SITE_ROOT", default_value = "target/site")]
    pub site_root: PathBuf,

    /// What to log: error, warn, info, debug, or a filter such as "info,digital_messages=debug".
    #[arg(long, env = "RUST_LOG", default_value = "info,sqlx=warn")]
    pub log: String,
}

fn on_off(text: &str) -> Result<bool, String> {
    match text {
        "on" | "true" | "1" => Ok(true),
        "off" | "false" | "0" => Ok(false),
        _ => Err("on or off, please".into()),
    }
}

impl Config {
    /// Whether people come over TLS.
    pub fn secure(&self) -> bool {
        self.public_url
            .as_deref()
            .is_some_and(|url| url.starts_with("https://"))
    }

    /// What leptos needs to know; the page's files are at `folder`.
    pub fn leptos(&self, folder: &str) -> LeptosOptions {
        let mut options = LeptosOptions::builder()
            .output_name("app")
            .site_root(self.site_root.to_string_lossy().into_owned())
            .site_pkg_dir(folder)
            .site_addr(self.addr)
            .env(if cfg!(debug_assertions) {
                Env::DEV
            } else {
                Env::PROD
            })
            .build();
        if let Some(port) = reload_port() {
            options.reload_port = port.into();
        }
        options
    }
}

/// Whether `cargo leptos watch` has started the server: the page's files change while it runs.
pub fn is_watched() -> bool {
    std::env::var_os("LEPTOS_WATCH").is_some()
}

/// Where a page hears that it was built anew, if the server is watched.
pub fn reload_port() -> Option<u16> {
    let port = std::env::var("LEPTOS_RELOAD_PORT").ok();
    let port = port.filter(|_| is_watched());
    port.and_then(|port| port.parse().ok())
}
