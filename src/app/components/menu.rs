//! A menu: a few things to do with what was pressed, where it was pressed. One at a time, over the page.

use crate::app::components::icon::{Draw, Icon};
use crate::app::effects::effect;
use crate::app::part::{IntoPart, Part};
use leptos::ev::{FocusEvent, KeyboardEvent, MouseEvent};
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, Event, HtmlElement, Node};
use send_wrapper::SendWrapper;
use std::sync::Arc;

/// So far from the screen's edges, in pixels.
const EDGE: f64 = 8.0;

/// Something to do.
pub struct Item {
    icon: Icon,
    label: &'static str,
    act: Box<dyn Fn() + Send>,
}

impl Item {
    pub fn new(icon: Icon, label: &'static str, act: impl Fn() + Send + 'static) -> Self {
        let act = Box::new(act);
        Item { icon, label, act }
    }
}

/// Something to do that is shown by a sign, in the row above the others.
pub struct Quick {
    pub sign: Part,
    pub label: &'static str,
    /// It is done already.
    pub on: bool,
    pub act: Box<dyn Fn() + Send>,
}

/// A menu at a point of the screen, with the focus on its first item; the arrows go on. Whatever ends it, `close` is
/// called: an item that was chosen, Esc and Tab, which give the focus back, and going elsewhere.
pub fn menu(
    label: String,
    (x, y): (i32, i32),
    row: Vec<Quick>,
    items: Vec<Item>,
    close: impl Fn() + Send + Sync + 'static,
) -> Part {
    let node = NodeRef::<html::Div>::new();
    let before = SendWrapper::new(document().active_element());
    let close: Arc<dyn Fn() + Send + Sync> = Arc::new(close);
    let give_back: Arc<dyn Fn() + Send + Sync> = {
        let close = close.clone();
        Arc::new(move || {
            if let Some(element) = before.as_ref().and_then(|before| before.dyn_ref::<HtmlElement>()) {
                _ = element.focus();
            }
            close();
        })
    };
    effect(move || {
        if let Some(menu) = node.get() {
            place(&menu, x.into(), y.into());
            focus(&menu, |_, _| 0);
        }
    });
    let steer = {
        let give_back = give_back.clone();
        move |event: KeyboardEvent| {
            let Some(menu) = node.get_untracked() else { return };
            match event.key().as_str() {
                "ArrowDown" | "ArrowRight" => focus(&menu, |at, count| (at + 1) % count),
                "ArrowUp" | "ArrowLeft" => focus(&menu, |at, count| (at + count - 1) % count),
                "Home" => focus(&menu, |_, _| 0),
                "End" => focus(&menu, |_, count| count - 1),
                "Escape" | "Tab" => give_back(),
                _ => return,
            }
            event.prevent_default();
            event.stop_propagation();
        }
    };
    let gone = move |event: FocusEvent| {
        let to = event.related_target().and_then(|to| to.dyn_into::<Node>().ok());
        let stays = node
            .get_untracked()
            .is_some_and(|menu| to.is_some_and(|to| menu.contains(Some(&to))));
        if !stays {
            close();
        }
    };
    let choosing = move |act: Box<dyn Fn() + Send>| {
        let give_back = give_back.clone();
        move |_| {
            give_back();
            act();
        }
    };
    let quick = |quick: Quick| {
        let chosen = choosing(quick.act);
        view! {
            <button
                type="button"
                class="menu__quick"
                role="menuitemcheckbox"
                aria-checked=quick.on.to_string()
                aria-label=quick.label
                title=quick.label
                tabindex="-1"
                on:click=chosen
            >
                {quick.sign}
            </button>
        }
        .into_part()
    };
    let row = (!row.is_empty()).then(|| {
        let row = row.into_iter().map(quick).collect_view();
        view! { <div class="menu__row" role="none">{row}</div> }.into_part()
    });
    let item = |item: Item| {
        let chosen = choosing(item.act);
        view! {
            <button type="button" class="menu__item" role="menuitem" tabindex="-1" on:click=chosen>
                <Draw icon=item.icon/>
                {item.label}
            </button>
        }
        .into_part()
    };
    let items = items.into_iter().map(item).collect_view();
    view! {
        <div
            class="menu"
            role="menu"
            aria-label=label
            node_ref=node
            on:keydown=steer
            on:focusout=gone
            // The focus stays where it is, also in browsers that give buttons none.
            on:mousedown=|event: MouseEvent| event.prevent_default()
            on:contextmenu=|event: MouseEvent| event.prevent_default()
        >
            {row}
            {items}
        </div>
    }
    .into_part()
}

/// What an event happened to, if that or something around it is of this kind.
pub fn closest(event: &Event, selector: &str) -> Option<Element> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    target.closest(selector).ok().flatten()
}

/// Where a menu is asked for: where it was pressed, or below what it is of, if it was asked for by a key.
pub fn place_of(event: &MouseEvent, of: &Element) -> (i32, i32) {
    match (event.client_x(), event.client_y()) {
        (0, 0) => below(of),
        place => place,
    }
}

pub fn below(element: &Element) -> (i32, i32) {
    let rect = element.get_bounding_client_rect();
    (rect.left() as i32, rect.bottom() as i32)
}

/// Within the screen; above the point where there is no room below.
fn place(menu: &HtmlElement, x: f64, y: f64) {
    let rect = menu.get_bounding_client_rect();
    let size = |size: Result<leptos::wasm_bindgen::JsValue, _>| size.ok().and_then(|size| size.as_f64());
    let (wide, high) = (size(window().inner_width()), size(window().inner_height()));
    let (wide, high) = (wide.unwrap_or(f64::MAX), high.unwrap_or(f64::MAX));
    let left = x.min(wide - rect.width() - EDGE).max(EDGE);
    let fits = y + rect.height() + EDGE <= high;
    let top = if fits { y } else { (y - rect.height()).max(EDGE) };
    let put = |name: &str, at: f64| {
        _ = menu
            .style()
            .set_property(name, &[&(at as i32).to_string(), "px"].concat())
    };
    put("left", left);
    put("top", top);
}

/// Gives the focus to the item whose place follows from that of the present one and from how many there are.
fn focus(menu: &HtmlElement, next: impl Fn(usize, usize) -> usize) {
    let Ok(items) = menu.query_selector_all("[role^=menuitem]") else {
        return;
    };
    let active = document().active_element();
    let is_active = |at: &u32| {
        items.item(*at).is_some_and(|item| {
            active
                .as_ref()
                .is_some_and(|active| item.is_same_node(Some(active)))
        })
    };
    let at = (0..items.length()).find(is_active).unwrap_or(0);
    let next = next(at as usize, items.length().max(1) as usize);
    if let Some(item) = items
        .item(next as u32)
        .and_then(|item| item.dyn_into::<HtmlElement>().ok())
    {
        _ = item.focus();
    }
}
