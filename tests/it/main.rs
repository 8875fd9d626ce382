//! The application from outside: each test starts the server that `main` starts, on a free port
//! with a fresh database file.
#![cfg(feature = "ssr")]

mod accounts;
mod acts;
mod around;
mod blocking;
mod client;
// A disk that fails is a library put before the system's own.
#[cfg(target_os = "linux")]
mod disk;
mod drafts;
mod files;
mod groups;
mod handles;
mod harness;
mod invitations;
mod live;
mod own;
mod pages;
mod posting;
mod presence;
mod profile;
mod receipts;
mod room_pictures;
mod rooms;
mod scheduling;
mod security;
mod starting;
