//! A line at the side for whoever has no password yet: another device would be another person.

use crate::app::components::icon::{Draw, Icon};
use crate::app::look::put_off_reminder;
use crate::app::part::{IntoPart, Part};
use crate::app::reader::{use_here, use_lang};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// It can be put away, for a week.
pub fn reminder() -> Part {
    let aside = use_lang().aside();
    let here = use_here();
    let put_off = |event: SubmitEvent| {
        event.prevent_default();
        put_off_reminder();
    };
    view! {
        <div class="reminder" data-later>
            <a href="/settings">{aside.set_password_lead}</a>
            <form method="post" action="/reminder" on:submit=put_off>
                <input type="hidden" name="next" value=move || here.get()/>
                <button class="icon-button" type="submit" aria-label=aside.not_now title=aside.not_now>
                    <Draw icon=Icon::Close/>
                </button>
            </form>
        </div>
    }
    .into_part()
}
