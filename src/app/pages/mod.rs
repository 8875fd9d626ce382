//! What stands at each address.

pub mod find;
pub mod first_run;
pub mod home;
pub mod layout;
pub mod new_room;
pub mod not_found;
pub mod open_rooms;
pub mod room;
pub mod sign_in;
pub mod sign_up;
