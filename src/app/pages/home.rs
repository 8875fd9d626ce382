//! `/`: the list alone on a narrow screen; on a wide one, beside it, an invitation to choose.

use super::layout::Failed;
use crate::app::chat::Chat;
use crate::app::components::conversation::PageTitle;
use crate::app::components::logo::Logo;
use crate::app::loading::after;
use crate::app::reader::use_texts;
use leptos::prelude::*;

pub fn home_page() -> AnyView {
    let chat = expect_context::<Chat>();
    Effect::new(move |_| chat.close());
    after(|known| match known {
        Ok(()) => view! { <Home/> }.into_any(),
        Err(refusal) => view! { <Failed refusal/> }.into_any(),
    })
}

#[component]
fn Home() -> impl IntoView {
    let texts = use_texts();
    view! {
        <PageTitle title=texts.conversations/>
        <main class="conversation" id="content">
            <div class="empty">
                <Logo/>
                <h1>{texts.choose_conversation}</h1>
                <p>{texts.choose_conversation_lead}</p>
            </div>
        </main>
    }
}
