//! A keyboard on the screen that lies over the page instead of making it smaller: the page is told how high what
//! is left of it is.

use leptos::prelude::*;
use leptos::web_sys::VisualViewport;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// Less than this is the browser's own bar.
const KEYBOARD: f64 = 100.0;

/// Sets `--visible` on `<html>` while a keyboard covers some of the page.
pub(super) fn start() {
    let Some(viewport) = window().visual_viewport() else {
        return;
    };
    let seen = viewport.clone();
    let resized = Closure::<dyn FnMut()>::new(move || fit(&seen)).into_js_value();
    _ = viewport.add_event_listener_with_callback("resize", resized.unchecked_ref());
}

fn fit(viewport: &VisualViewport) {
    let page = document().document_element();
    let page = page.and_then(|page| page.dyn_into::<web_sys::HtmlElement>().ok());
    let whole = window().inner_height().ok().and_then(|height| height.as_f64());
    let (Some(page), Some(whole)) = (page, whole) else {
        return;
    };
    let style = page.style();
    // Whoever has zoomed in sees less of it too, and that is what they want.
    let covered = viewport.scale() < 1.01 && whole - viewport.height() > KEYBOARD;
    if covered {
        let height = [&(viewport.height() as i32).to_string(), "px"].concat();
        _ = style.set_property("--visible", &height);
        // The browser has scrolled to the field, as if the page went on under the keyboard.
        window().scroll_to_with_x_and_y(0.0, 0.0);
    } else {
        _ = style.remove_property("--visible");
    }
}
