//! The page: its frame, its addresses and what stands at each of them.

pub mod address;
pub mod chat;
pub mod components;
pub mod effects;
pub mod later;
pub mod loading;
pub mod look;
pub mod pages;
pub mod part;
pub mod reader;
pub mod rows;
pub mod sharing;
pub mod state;
pub mod trail;

use crate::app::part::Part;
use address::At;
use chat::Chat;
use later::{Chunk, Later, later};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{FlatRoutes, Route, Router};
use pages::{home::home_page, layout::Layout, not_found::not_found_page, room::room_page};

/// What stands at an address. A plain function: the router is compiled once for all of them.
type Page = fn() -> Part;

/// The page. The browser brings its own [`Chat`], which lives; the server's is drawn and forgotten.
#[component]
pub fn App() -> impl IntoView {
    if cfg!(feature = "ssr") {
        provide_meta_context();
    }
    if use_context::<Chat>().is_none() {
        provide_context(Chat::new());
        provide_context(Chunk::new(true));
    }
    view! {
        <Router>
            <Layout>
                <FlatRoutes transition=true fallback=|| ()>
                    <Route path=At("") view=home_page as Page/>
                    <Route path=At("find") view=(|| later(Later::Find)) as Page/>
                    <Route path=At("new") view=(|| later(Later::NewTalk)) as Page/>
                    <Route path=At("rooms") view=(|| later(Later::OpenRooms)) as Page/>
                    <Route path=At("rooms/new") view=(|| later(Later::NewRoom)) as Page/>
                    <Route path=At("scheduled") view=(|| later(Later::Scheduled)) as Page/>
                    <Route path=At("rooms/:id/scheduled") view=(|| later(Later::Scheduled)) as Page/>
                    // The end is a form's of the room's page: refused, it is answered with that page.
                    <Route path=At("rooms/:id/:form?") view=room_page as Page/>
                    <Route path=At("@handle/:form?") view=room_page as Page/>
                    // So are those of the settings.
                    <Route path=At("settings/:form?") view=(|| later(Later::Settings)) as Page/>
                    <Route path=At("share") view=(|| later(Later::Share)) as Page/>
                    <Route path=At("*") view=not_found_page as Page/>
                </FlatRoutes>
            </Layout>
        </Router>
    }
}
