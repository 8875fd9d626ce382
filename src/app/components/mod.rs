//! The parts that pages are made of.

pub mod avatar;
pub mod composer;
pub mod conversation;
pub mod field;
pub mod finder;
pub mod icon;
pub mod language;
pub mod logo;
pub mod message;
pub mod message_list;
pub mod scrolling;
pub mod sidebar;
pub mod title;
