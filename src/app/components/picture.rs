//! The form that sends a picture, and the one that takes it away. A file is a page load, with scripts or without.

use crate::app::part::{IntoPart, Part};
use crate::app::reader::use_lang;
use leptos::prelude::*;

/// `set` and `remove` are addresses; there is nothing to remove where there is no picture.
pub fn picture_forms(set: String, remove: Option<String>) -> Part {
    let aside = use_lang().aside();
    let remove = remove.map(|action| {
        view! {
            <form method="post" action=action>
                <button class="button" type="submit">{aside.remove_picture}</button>
            </form>
        }
        .into_part()
    });
    view! {
        <form class="form settings__form" method="post" action=set enctype="multipart/form-data">
            <div class="field">
                <label for="picture">{aside.picture}</label>
                <input
                    id="picture"
                    name="picture"
                    type="file"
                    required
                    accept="image/jpeg,image/png,image/webp,image/gif"
                    aria-describedby="picture-hint"
                />
                <p class="field__hint" id="picture-hint">{aside.picture_hint}</p>
            </div>
            <button class="button" type="submit">{aside.set_picture}</button>
        </form>
        {remove}
    }
    .into_part()
}
