//! Rows that stay what they are while others come and go.

use crate::app::part::{IntoPart, Part};
use leptos::prelude::*;
use std::sync::Arc;

/// What makes a row the same as before: its kind and two numbers.
pub type Key = (u8, i64, i64);

/// Draws a row for each key. A key that stays keeps its row as it is on screen; another key is another
/// row. One kind of key for all, since leptos compiles a list of its own for each.
pub fn rows(
    keys: impl Fn() -> Vec<Key> + Send + Sync + 'static,
    draw: impl Fn(Key) -> Part + Send + Sync + 'static,
) -> Part {
    drawn(Box::new(keys), Arc::new(draw))
}

type Keys = Box<dyn Fn() -> Vec<Key> + Send + Sync>;
type Draw = Arc<dyn Fn(Key) -> Part + Send + Sync>;

fn drawn(keys: Keys, draw: Draw) -> Part {
    view! { <For each=keys key=|key| *key let(key)>{draw(key)}</For> }.into_part()
}
