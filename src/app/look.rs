//! How the page looks: as the server drew it, until its reader chooses otherwise.

use super::reader::Reader;
use crate::shared::look::{CHOICES, Choice, Look, PUT_OFF};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlDocument};

/// How the page looks now. In a browser it stands on `<html>`.
pub fn look() -> Look {
    if cfg!(feature = "ssr") {
        return expect_context::<Reader>().look;
    }
    let page = document().document_element();
    Look::read(|name| page.as_ref()?.get_attribute(&["data-", name].concat()))
}

/// Changes it, at once and for the next time.
pub fn choose(choice: &Choice, code: &str) {
    let code = choice.parse(code);
    if let Some(page) = document().document_element() {
        _ = page.set_attribute(&["data-", choice.name].concat(), code);
    }
    let cookie = [choice.name, "=", code, "; path=/; max-age=31536000; samesite=lax"].concat();
    if let Some(document) = document().dyn_ref::<HtmlDocument>() {
        _ = document.set_cookie(&cookie);
    }
    colour_the_frame();
}

/// Puts off the reminder to set a password.
pub fn put_off_reminder() {
    if let Some(page) = document().document_element() {
        _ = page.set_attribute("data-put-off", "");
    }
    if let Some(document) = document().dyn_ref::<HtmlDocument>() {
        _ = document.set_cookie(PUT_OFF);
    }
}

/// Takes over what the cookies say: the page may have been kept since before it was chosen. They are written anew
/// each time, since some browsers forget what scripts have written within a week.
pub fn renew() {
    let cookies = document()
        .dyn_ref::<HtmlDocument>()
        .and_then(|document| document.cookie().ok());
    for pair in cookies.unwrap_or_default().split("; ") {
        let chosen = pair.split_once('=').unwrap_or_default();
        if let Some(choice) = CHOICES.iter().find(|choice| choice.name == chosen.0) {
            choose(choice, chosen.1);
        }
    }
}

/// What a browser draws around the page goes with it.
fn colour_the_frame() {
    let (light, dark) = look().frame();
    let Ok(all) = document().query_selector_all("meta[name=theme-color]") else {
        return;
    };
    for (index, colour) in [light, dark].into_iter().enumerate() {
        if let Some(meta) = all.get(index as u32) {
            _ = meta.unchecked_ref::<Element>().set_attribute("content", colour);
        }
    }
}
