//! The application from outside: each test starts the server that `main` starts, on a free port
//! with a fresh database file.
#![cfg(feature = "ssr")]

mod accounts;
mod client;
mod disk;
mod files;
mod harness;
mod live;
mod pages;
mod posting;
mod rooms;
mod security;
mod starting;
