//! A person in a line of their own.

use crate::app::components::avatar::Avatar;
use crate::app::part::{IntoPart, Part};
use crate::shared::user::Person;
use leptos::prelude::*;

/// What stands in a `.person`, whatever it is an element of.
pub fn person(of: Person) -> Part {
    let handle = ["@", &of.handle].concat();
    view! {
        <Avatar id=of.id.0 name=of.name.clone() picture=of.picture/>
        <bdi class="person__name">{of.name}</bdi>
        <span class="person__handle">{handle}</span>
    }
    .into_part()
}
