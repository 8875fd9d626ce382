//! The pages before the messenger: signing in, signing up, the first run, and a refusal in words; and, for those
//! who have no scripts, what can be done with a message. They are forms and sentences, so the server alone draws them, and a browser loads nothing for them but
//! the style sheet.

pub mod document;
mod first_run;
mod invitation;
mod message;
mod refusal;
mod sign_in;
mod sign_up;
pub mod texts;

use crate::app::chat::Chat;
use crate::app::components::field::Refused;
use crate::app::components::language::LanguageSwitch;
use crate::app::components::logo::Logo;
use crate::app::reader::{Reader, use_texts};
use crate::server::at_hand::AtHand;
use crate::shared::invitation::Invited;
use crate::shared::refusal::{Refusal, RefusedForm};
use crate::shared::user::Person;
use document::Head;
use first_run::FirstRun;
use invitation::{Invitation, ToPerson};
use leptos::prelude::*;
use message::MessageActions;
use refusal::RefusedPage;
use sign_in::SignIn;
use sign_up::SignUp;

/// Which page it is.
#[derive(Clone, Debug)]
pub enum Door {
    FirstRun,
    SignIn,
    SignUp,
    /// A link that leads into a room, followed by `me`, or by somebody who isn't signed in.
    Invitation {
        to: Invited,
        me: Option<Person>,
        /// A name is enough to come in.
        newcomers: bool,
    },
    /// Somebody's own link, followed by somebody who isn't signed in.
    Person(Person),
    /// What can be done with a message, at this end of its address.
    Message {
        of: Box<AtHand>,
        end: String,
    },
    /// Why there is no page.
    Refusal(Refusal),
}

/// Who stands at the door, and what is known of them.
#[derive(Clone)]
pub struct Visit {
    pub reader: Reader,
    /// The path and query that were asked for.
    pub address: String,
    /// Where the visitor was going when they were stopped here.
    pub next: Option<String>,
    /// The form of this page, if it was sent and refused.
    pub refused: Option<RefusedForm>,
}

/// Draws the whole document.
pub fn draw(door: Door, visit: Visit, options: LeptosOptions) -> String {
    Owner::new().with(|| {
        provide_context(visit.reader.clone());
        let Visit {
            reader,
            address,
            next,
            refused,
        } = visit;
        let refused = Refused::from(refused);
        let next = refused.value("next").or(next).filter(|next| !next.is_empty());
        let (texts, doors) = (reader.texts, texts::texts(reader.texts.lang));
        let (name, page) = match door {
            Door::FirstRun => (
                doors.first_run_title.to_owned(),
                view! { <FirstRun refused/> }.into_any(),
            ),
            Door::SignIn => (
                doors.sign_in.to_owned(),
                view! { <SignIn refused next/> }.into_any(),
            ),
            Door::SignUp => (
                doors.sign_up.to_owned(),
                view! { <SignUp refused next/> }.into_any(),
            ),
            Door::Invitation { to, me, newcomers } => (
                to.name.clone(),
                view! { <Invitation to me newcomers refused here=address.clone()/> }.into_any(),
            ),
            Door::Person(person) => (
                (doors.write_to)(&person.name),
                view! { <ToPerson person refused here=address.clone()/> }.into_any(),
            ),
            Door::Message { of, end } => {
                // For the names that its words bear.
                provide_context(Chat::new());
                (
                    texts.actions.to_owned(),
                    view! { <MessageActions of end refused/> }.into_any(),
                )
            }
            Door::Refusal(refusal) => (
                refusal::title(&refusal).to_owned(),
                view! { <RefusedPage refusal again=address.clone()/> }.into_any(),
            ),
        };
        let page = view! {
            <!DOCTYPE html>
            <html
                lang=texts.lang.code()
                data-theme=reader.look.theme
                data-accent=reader.look.accent
                data-density=reader.look.density
            >
                <Head options>
                    <title>{[&name, " · ", texts.app].concat()}</title>
                </Head>
                <body>
                    <Frame address>{page}</Frame>
                </body>
            </html>
        };
        page.to_html()
    })
}

/// One card in the middle of the page.
#[component]
fn Frame(address: String, children: Children) -> impl IntoView {
    let texts = use_texts();
    view! {
        <div class="door">
            <header class="door__head">
                <Logo/>
                <span class="door__app">{texts.app}</span>
            </header>
            <main class="door__card">{children()}</main>
            <footer class="door__foot">
                <LanguageSwitch here=address/>
            </footer>
        </div>
    }
}

/// A door's address that keeps `next`.
pub fn door_path(path: &str, next: Option<&str>) -> String {
    match next {
        Some(next) => format!("{path}?next={}", encode(next)),
        None => path.to_owned(),
    }
}

/// Percent-encodes for a query's value.
fn encode(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut encoded, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                encoded.push(byte.into())
            }
            // Writing into a string can't fail.
            _ => _ = write!(encoded, "%{byte:02X}"),
        }
        encoded
    })
}
