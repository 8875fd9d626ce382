//! Line drawings on a 20 × 20 grid, in the colour of the text around them.

use leptos::prelude::*;

/// What a drawing shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    Back,
    Close,
    Down,
    Leave,
    More,
    Plus,
    Rooms,
    Search,
    Send,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Icon::Back => "M12 4.5 6.5 10l5.5 5.5",
            Icon::Close => "m5 5 10 10M15 5 5 15",
            Icon::Down => "M4.5 8 10 13.5 15.5 8",
            Icon::Leave => "M12.5 6V4.5h-8v11h8V14M8 10h8.5m-3-3 3 3-3 3",
            Icon::More => "M10 4.6v.01M10 10v.01M10 15.4v.01",
            Icon::Plus => "M10 4v12M4 10h12",
            Icon::Rooms => "M8 3.5 6.5 16.5M13.5 3.5 12 16.5M3.5 7.5h13M3.5 12.5h13",
            Icon::Search => "M13.2 13.2 17 17M14.5 9a5.5 5.5 0 1 1-11 0 5.5 5.5 0 0 1 11 0Z",
            Icon::Send => "M10 16V4.5M4.8 9.7 10 4.5l5.2 5.2",
        }
    }
}

/// The drawing. Decoration: whatever it stands on has a name of its own.
#[component]
pub fn Draw(icon: Icon) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
            <path d=icon.path()/>
        </svg>
    }
}
