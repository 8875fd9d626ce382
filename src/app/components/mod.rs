//! The parts that pages are made of.

pub mod announcer;
pub mod avatar;
pub mod back;
pub mod composer;
pub mod conversation;
pub mod details;
pub mod dialog;
pub mod field;
pub mod finder;
pub mod icon;
pub mod invitations;
pub mod keyboard;
pub mod language;
pub mod logo;
pub mod message;
pub mod message_list;
pub mod person;
pub mod room_details;
pub mod scrolling;
pub mod search;
pub mod shortcuts;
pub mod sidebar;
pub mod skeleton;
pub mod switcher;
pub mod title;
pub mod update;
