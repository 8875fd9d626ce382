//! The server: the verbs, the database and who hears what.

pub mod build;
pub mod clock;
pub mod config;
pub mod drafts;
pub mod guard;
pub mod hub;
pub mod invitations;
pub mod managing;
pub mod markdown;
pub mod mentions;
pub mod messages;
pub mod names;
pub mod own;
pub mod passwords;
pub mod rates;
pub mod rooms;
pub mod sabotage;
pub mod seed;
pub mod sessions;
pub mod socket;
pub mod state;
pub mod store;
pub mod users;
pub mod v1;
