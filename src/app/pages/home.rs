//! `/`: the list alone on a narrow screen; on a wide one, beside it, an invitation to choose.

use crate::app::chat::Chat;
use crate::app::components::conversation::PageTitle;
use crate::app::components::logo::Logo;
use crate::app::reader::use_texts;
use leptos::prelude::*;

pub fn home_page() -> AnyView {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    Effect::new(move |_| chat.close());
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
    .into_any()
}
