//! The page: its frame, its addresses and what stands at each of them.

pub mod address;
pub mod chat;
pub mod components;
pub mod effects;
pub mod loading;
pub mod look;
pub mod pages;
pub mod reader;
pub mod rows;
pub mod sharing;
pub mod trail;

use address::At;
use chat::Chat;
use components::icon::Sprite;
use leptos::html::meta;
use leptos::hydration::{AutoReload, HydrationScripts};
use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, provide_meta_context};
use leptos_router::components::{FlatRoutes, Route, Router};
use pages::{
    find::find_page, home::home_page, layout::Layout, new_room::new_room_page, not_found::not_found_page,
    open_rooms::open_rooms_page, room::room_page, settings::settings_page, share::share_page,
};
use reader::{Build, Reader};

/// The document around the page; drawn by the server only.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let reader = expect_context::<Reader>();
    let Build(build) = expect_context();
    view! {
        <!DOCTYPE html>
        <html
            lang=reader.lang.code()
            data-zone=reader.zone.to_string()
            data-build=build
            data-theme=reader.look.theme
            data-accent=reader.look.accent
            data-density=reader.look.density
        >
            <Head options=options.clone()>
                <AutoReload options=options.clone()/>
                <HydrationScripts options=options.clone()/>
                <MetaTags/>
            </Head>
            <body>
                <App/>
                <Sprite/>
            </body>
        </html>
    }
}

/// A document's head: what all have, and what this one has besides.
#[component]
pub fn Head(options: LeptosOptions, children: Children) -> impl IntoView {
    let (light, dark) = look::look().frame();
    view! {
        <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"/>
            <meta name="color-scheme" content="light dark"/>
            {frame(light, "(prefers-color-scheme: light)")}
            {frame(dark, "(prefers-color-scheme: dark)")}
            <HashedStylesheet options id="leptos"/>
            <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
            <link rel="apple-touch-icon" href="/icons/apple-touch-icon.png"/>
            // With the cookie that says in which language.
            <link rel="manifest" href="/manifest.webmanifest" crossorigin="use-credentials"/>
            {children()}
        </head>
    }
}

/// The colour around the page, where the device is as `media` says.
fn frame(colour: &'static str, media: &'static str) -> impl IntoView {
    meta().name("theme-color").content(colour).attr("media", media)
}

/// What stands at an address. A plain function: the router is compiled once for all of them.
type Page = fn() -> AnyView;

/// The page. The browser brings its own [`Chat`], which lives; the server's is drawn and forgotten.
#[component]
pub fn App() -> impl IntoView {
    if cfg!(feature = "ssr") {
        provide_meta_context();
    }
    if use_context::<Chat>().is_none() {
        provide_context(Chat::new());
    }
    view! {
        <Router>
            <Layout>
                <FlatRoutes transition=true fallback=|| ()>
                    <Route path=At("") view=home_page as Page/>
                    <Route path=At("find") view=find_page as Page/>
                    <Route path=At("rooms") view=open_rooms_page as Page/>
                    <Route path=At("rooms/new") view=new_room_page as Page/>
                    // The end is a form's of the room's page: refused, it is answered with that page.
                    <Route path=At("rooms/:id/:form?") view=room_page as Page/>
                    <Route path=At("@handle/:form?") view=room_page as Page/>
                    <Route path=At("settings") view=settings_page as Page/>
                    <Route path=At("share") view=share_page as Page/>
                    <Route path=At("*") view=not_found_page as Page/>
                </FlatRoutes>
            </Layout>
        </Router>
    }
}
