//! A finger that lies still: on a touch screen it asks for what the right button asks for elsewhere.

use crate::app::state::StoredValue;
use leptos::ev::PointerEvent;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::web_sys::Event;
use std::time::Duration;

const LONG: Duration = Duration::from_millis(500);

#[derive(Clone, Copy)]
pub struct Press {
    /// A finger lies there.
    lies: StoredValue<Option<TimeoutHandle>>,
    /// It has lain there for long: lifting it means nothing any more.
    was_long: StoredValue<bool>,
}

impl Default for Press {
    fn default() -> Self {
        Self {
            lies: StoredValue::new(None),
            was_long: StoredValue::new(false),
        }
    }
}

impl Press {
    /// Something is touched; `long` is called if it isn't left soon.
    pub fn begins(self, event: &PointerEvent, long: impl FnOnce() + 'static) {
        self.ends();
        self.was_long.set_value(false);
        if event.pointer_type() == "touch" {
            let long = move || {
                self.was_long.set_value(true);
                long();
            };
            self.lies.set_value(set_timeout_with_handle(long, LONG).ok());
        }
    }

    /// The finger was lifted, or moved away.
    pub fn ends(self) {
        if let Some(lies) = self.lies.try_update_value(Option::take).flatten() {
            lies.clear();
        }
    }

    /// The end of a long press is no click, nor takes it the focus from what it has opened.
    pub fn lifts(self, event: &Event) {
        self.ends();
        if self.was_long.get_value() {
            event.prevent_default();
        }
    }

    /// Whether the click that comes now is only the end of a long press.
    pub fn was_long(self) -> bool {
        self.was_long.try_update_value(std::mem::take) == Some(true)
    }
}
