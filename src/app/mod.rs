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
use components::icon::Sprite;
use later::{Chunk, Later, later};
use leptos::html::meta;
use leptos::hydration::{AutoReload, HydrationScripts};
use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, provide_meta_context};
use leptos_router::components::{FlatRoutes, Route, Router};
use pages::{home::home_page, layout::Layout, not_found::not_found_page, room::room_page};
use reader::{AtMessage, Build, Reader, use_texts};

/// The document around the page; drawn by the server only.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let reader = expect_context::<Reader>();
    let build: Build = expect_context();
    // The first script imports the one that loads chunks; what is said in other languages is a chunk.
    let chunks = build.file("__wasm_split");
    let chunks = chunks.map(|path| view! { <link rel="modulepreload" href=path/> });
    // What is scrolled to.
    let at_message = use_context::<AtMessage>().map(|_| "");
    let language = reader.texts.lang.chunk().and_then(|name| build.file(name));
    let language = language.map(|path| {
        view! { <link rel="preload" href=path r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/> }
    });
    view! {
        <!DOCTYPE html>
        <html
            lang=reader.texts.lang.code()
            data-zone=reader.zone.to_string()
            data-build=build.id
            data-theme=reader.look.theme
            data-accent=reader.look.accent
            data-density=reader.look.density
            data-put-off=reader.look.put_off.then_some("")
            data-at-message=at_message
        >
            <Head options=options.clone()>
                <AutoReload options=options.clone()/>
                {chunks}
                {language}
                <HydrationScripts options=options.clone()/>
                <MetaTags/>
            </Head>
            <body>
                <App/>
                <Sprite/>
                {without_scripts()}
            </body>
        </html>
    }
}

/// On a message's own page the way to what can be done with it. With scripts its menu has all of it.
fn without_scripts() -> impl IntoView {
    use_context::<AtMessage>().map(|AtMessage(path)| {
        view! { <noscript><a class="button to-actions" href=path>{use_texts().actions}</a></noscript> }
    })
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
