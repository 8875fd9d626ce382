//! Line drawings on a 20 × 20 grid, in the colour of the text around them. They come with the page, once, and
//! are referred to by their names.

use leptos::prelude::*;

/// What a drawing shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    Archive,
    Back,
    Bin,
    Clock,
    Close,
    Copy,
    Forward,
    History,
    Info,
    Keyboard,
    Leave,
    Link,
    Look,
    Mark,
    More,
    Muted,
    Pen,
    People,
    Pin,
    Plus,
    Reply,
    Rooms,
    Saved,
    Select,
    Send,
    Settings,
    Sound,
}

impl Icon {
    const ALL: [Icon; 27] = [
        Icon::Archive,
        Icon::Back,
        Icon::Bin,
        Icon::Clock,
        Icon::Close,
        Icon::Copy,
        Icon::Forward,
        Icon::History,
        Icon::Info,
        Icon::Keyboard,
        Icon::Leave,
        Icon::Link,
        Icon::Look,
        Icon::Mark,
        Icon::More,
        Icon::Muted,
        Icon::Pen,
        Icon::People,
        Icon::Pin,
        Icon::Plus,
        Icon::Reply,
        Icon::Rooms,
        Icon::Saved,
        Icon::Select,
        Icon::Send,
        Icon::Settings,
        Icon::Sound,
    ];

    /// `#icon-back`
    fn address(self) -> &'static str {
        match self {
            Icon::Select => "#icon-select",
            Icon::Reply => "#icon-reply",
            Icon::Link => "#icon-link",
            Icon::History => "#icon-history",
            Icon::Forward => "#icon-forward",
            Icon::Copy => "#icon-copy",
            Icon::Bin => "#icon-bin",
            Icon::Archive => "#icon-archive",
            Icon::Back => "#icon-back",
            Icon::Clock => "#icon-clock",
            Icon::Close => "#icon-close",
            Icon::Info => "#icon-info",
            Icon::Keyboard => "#icon-keyboard",
            Icon::Leave => "#icon-leave",
            Icon::Look => "#icon-look",
            Icon::Mark => "#icon-mark",
            Icon::More => "#icon-more",
            Icon::Muted => "#icon-muted",
            Icon::Pen => "#icon-pen",
            Icon::People => "#icon-people",
            Icon::Pin => "#icon-pin",
            Icon::Plus => "#icon-plus",
            Icon::Rooms => "#icon-rooms",
            Icon::Saved => "#icon-saved",
            Icon::Send => "#icon-send",
            Icon::Settings => "#icon-settings",
            Icon::Sound => "#icon-sound",
        }
    }

    fn path(self) -> &'static str {
        match self {
            Icon::Select => "M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0ZM7 10.2l2.2 2.2L13.3 8",
            Icon::Reply => "M8.5 5 3.5 9.5l5 4.5M4 9.5h7a5.5 5.5 0 0 1 5.5 5.5",
            Icon::Link => {
                "M8.5 11.5a3 3 0 0 0 4.3 0l2.9-2.9a3 3 0 0 0-4.3-4.3L10 5.7M11.5 8.5a3 3 0 0 0-4.3 0l-2.9 2.9a3 3 0 0 0 4.3 4.3l1.4-1.4"
            }
            Icon::History => "M3.5 10a6.5 6.5 0 1 0 2-4.7L3.5 7M3.5 3.5V7H7M10 6.5V10l2.5 1.5",
            Icon::Forward => "M11.5 5 16.5 9.5l-5 4.5M16 9.5H9a5.5 5.5 0 0 0-5.5 5.5",
            Icon::Copy => "M7.5 7.5h9v9h-9zM12.5 7.5v-4h-9v9h4",
            Icon::Bin => "M4 5.5h12M8 5.5V3.5h4v2M5.5 5.5l.8 11h7.4l.8-11M8.5 8.5v5M11.5 8.5v5",
            Icon::Archive => "M3 4.5h14V8H3zM4.5 8v7.5h11V8M8 11h4",
            Icon::Back => "M12 4.5 6.5 10l5.5 5.5",
            Icon::Clock => "M10 6v4l2.7 1.6M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0Z",
            Icon::Close => "m5 5 10 10M15 5 5 15",
            Icon::Info => "M10 9.2v4.3M10 6.6v.01M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0Z",
            Icon::Keyboard => {
                "M3 5.5h14v9H3zM5.8 8.3v.01M8.6 8.3v.01M11.4 8.3v.01M14.2 8.3v.01M5.8 11.7v.01M14.2 11.7v.01M8.2 11.7h3.6"
            }
            Icon::Leave => "M12.5 6V4.5h-8v11h8V14M8 10h8.5m-3-3 3 3-3 3",
            Icon::Look => "M10 3a7 7 0 1 0 0 14V3ZM10 3a7 7 0 0 1 0 14",
            Icon::Mark => "M16 10a6 6 0 1 1-6-6M17.2 5a2.2 2.2 0 1 1-4.4 0 2.2 2.2 0 0 1 4.4 0Z",
            Icon::More => "M4.5 10v.01M10 10v.01M15.5 10v.01",
            Icon::Muted => {
                "M6.5 13.5H4l1.5-2V9c0-.6.1-1.2.3-1.7m1.5-2A4.5 4.5 0 0 1 14.5 9v2.5M8.5 16h3M3.5 3.5l13 13"
            }
            Icon::Pen => "m4 16 .7-3.2L13.5 4l2.5 2.5-8.8 8.8L4 16Z",
            Icon::People => {
                "M3 16c0-2.5 1.8-4 4.3-4s4.2 1.5 4.2 4M9.8 7a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0ZM13 4.8a2.3 2.3 0 0 1 0 4.4M13.8 12.2c2 .4 3.2 1.8 3.2 3.8"
            }
            Icon::Pin => "m12.5 3 4.5 4.5-3 1-3 3-.5 3L5.5 9.5l3-.5 3-3 1-3ZM8 12l-4.5 4.5",
            Icon::Plus => "M10 4v12M4 10h12",
            Icon::Rooms => "M8 3.5 6.5 16.5M13.5 3.5 12 16.5M3.5 7.5h13M3.5 12.5h13",
            Icon::Saved => "M5.5 3.5h9v13L10 13l-4.5 3.5v-13Z",
            Icon::Send => "M10 16V4.5M4.8 9.7 10 4.5l5.2 5.2",
            Icon::Sound => "M4 13.5h12l-1.5-2V9a4.5 4.5 0 0 0-9 0v2.5L4 13.5ZM8.5 16h3",
            Icon::Settings => {
                "M3 6h8m3.5 0H17M3 14h2.5M9 14h8M14.5 6a1.75 1.75 0 1 1-3.5 0 1.75 1.75 0 0 1 3.5 0ZM9 14a1.75 1.75 0 1 1-3.5 0A1.75 1.75 0 0 1 9 14Z"
            }
        }
    }
}

/// All drawings, for the end of the page. Only the server draws them.
#[component]
pub fn Sprite() -> impl IntoView {
    let symbol = |icon: Icon| {
        view! { <symbol id=&icon.address()[1..] viewBox="0 0 20 20"><path d=icon.path()/></symbol> }
    };
    view! { <svg hidden>{Icon::ALL.map(symbol).into_iter().collect_view()}</svg> }
}

/// A drawing. Decoration: whatever it stands on has a name of its own.
#[component]
pub fn Draw(icon: Icon) -> impl IntoView {
    view! { <svg class="icon" aria-hidden="true"><use href=icon.address()/></svg> }
}
