//! The document around every page.

use crate::app::App;
use crate::app::components::icon::Sprite;
use crate::app::look::look;
use crate::app::reader::{AtMessage, Reader, use_texts};
use crate::server::build::Build;
use leptos::html::meta;
use leptos::hydration::{AutoReload, HydrationScripts};
use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags};
use std::sync::Arc;

/// The messenger's.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let reader = expect_context::<Reader>();
    let build: Arc<Build> = expect_context();
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
            data-build=build.id.clone()
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
    let (light, dark) = look().frame();
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
