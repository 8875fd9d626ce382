//! What stands at each address.

pub mod find;
pub mod home;
pub mod layout;
pub mod new_room;
pub mod new_talk;
pub mod not_found;
pub mod open_rooms;
pub mod room;
pub mod scheduled;
pub mod settings;
pub mod share;
