//! One message: its text as a tree of views, its time, and what can be done with it while it is on
//! its way. The text never becomes HTML by string.

use crate::app::chat::Chat;
use crate::app::components::icon::{Draw, Icon};
use crate::app::components::message_list::{Shown, name_of};
use crate::app::effects::redrawn;
use crate::app::part::{IntoPart, Part};
use crate::app::reader::{use_texts, use_zone};
use crate::i18n::Texts;
use crate::shared::ids::{Millis, Position};
use crate::shared::message::{Block, Inline, Message};
use crate::shared::receipt::Mark;
use crate::shared::refusal::Refusal;
use crate::shared::timeline::{Pending, Timeline};
use crate::shared::zone::Zone;
use leptos::prelude::*;

/// A message as the server knows it.
#[component]
pub fn MessageRow(message: Message, shown: Shown) -> impl IntoView {
    let texts = use_texts();
    let zone = use_zone();
    let position = message.position;
    let id = ["m", &position.to_string()].concat();
    let deleted = message.deleted;
    let signs = signs(&message);
    let mark = mark(&message, shown);
    let posted_at = message.posted_at;
    let bare = !deleted && message.reactions.is_empty() && message.reply_to.is_none();
    let large = bare && is_large(&message.text);
    let sought = expect_context::<Chat>().sought.get_untracked() == Some(position);
    let forwarded = message.forwarded_from.map(|author| {
        let author = name_of(shown, author).unwrap_or_else(|| texts.somebody.to_owned());
        view! { <p class="message__from">{texts.forwarded_from} " " <bdi>{author}</bdi></p> }.into_part()
    });
    let quote = message.reply_to.map(|answered| quote(shown, answered));
    let reactions = (!message.reactions.is_empty()).then(|| reactions(&message, shown));
    view! {
        <div
            class="message"
            class=("message--deleted", deleted)
            class=("message--large", large)
            class=("message--sought", sought)
            dir="auto"
            id=id
        >
            {forwarded}
            {quote}
            <div class="message__text">{if deleted { texts.deleted.into_part() } else { text(message) }}</div>
            // Not among what Tab goes through: the arrows go from message to message.
            <a class="message__time" href=address(shown, position) tabindex=(!cfg!(feature = "ssr")).then_some("-1") title=texts.actions>
                {signs} {move || zone.with(|zone| clock(texts, zone, posted_at))} {mark}
            </a>
            {reactions}
        </div>
    }
    .into_part()
}

/// How far one's own message has come, when it is drawn. From then on `marking` keeps it up.
fn mark(message: &Message, shown: Shown) -> Option<Part> {
    let chat = expect_context::<Chat>();
    let reach = chat.reach(shown.timeline.with_untracked(Timeline::room))?;
    let mine = chat.is_me(message.author) && !message.deleted;
    mine.then(|| tick(reach.mark(message.position), use_texts()))
}

/// One tick or two.
pub fn tick(mark: Mark, texts: &Texts) -> Part {
    let words = texts.marks[mark as usize];
    view! { <i class="mark" data-mark=mark.name() role="img" aria-label=words title=words></i> }.into_part()
}

/// A message's own page.
fn address(shown: Shown, position: Position) -> String {
    let room = shown.timeline.with_untracked(Timeline::room);
    ["/rooms/", &room.to_string(), "/", &position.to_string()].concat()
}

/// What is said of it beside its time.
fn signs(message: &Message) -> Part {
    let texts = use_texts();
    let edited = message
        .edited_at
        .filter(|_| !message.deleted)
        .map(|_| view! { <span class="message__edited">{texts.edited}</span> }.into_part());
    let sign = |icon, name: &'static str| {
        view! { <span role="img" aria-label=name title=name><Draw icon/></span> }.into_part()
    };
    let pinned = message.pinned.then(|| sign(Icon::Pin, texts.pinned_message));
    let silent = message.silent.then(|| sign(Icon::Muted, texts.silent));
    view! { {pinned} {silent} {edited} }.into_part()
}

/// What a message answers, as that is now.
fn quote(shown: Shown, answered: Position) -> Part {
    let texts = use_texts();
    let href = address(shown, answered);
    redrawn(move || {
        shown.requoted.track();
        let quote = shown
            .timeline
            .with_untracked(|timeline| timeline.quote(answered).cloned());
        let (author, words) = match quote {
            None => (String::new(), texts.not_shown.to_owned()),
            Some(quote) => {
                let author = name_of(shown, quote.author).unwrap_or_else(|| texts.somebody.to_owned());
                let deleted = quote.excerpt.is_empty();
                (
                    author,
                    if deleted {
                        texts.deleted.to_owned()
                    } else {
                        quote.excerpt
                    },
                )
            }
        };
        view! {
            <a class="quote" href=href.clone() data-to=answered.to_string()>
                <bdi class="quote__author">{author}</bdi>
                <span class="quote__words">{words}</span>
            </a>
        }
    })
}

/// What others have given to it, and oneself.
fn reactions(message: &Message, shown: Shown) -> Part {
    let given = shown
        .timeline
        .with_untracked(|timeline| timeline.given(message.position).to_vec());
    let each = message.reactions.iter().map(|reaction| {
        let mine = given.contains(&reaction.emoji);
        view! {
            <button type="button" class="reaction" aria-pressed=mine.to_string()>
                {reaction.emoji.clone()} <span>{reaction.count.to_string()}</span>
            </button>
        }
        .into_part()
    });
    view! { <div class="reactions">{each.collect_view()}</div> }.into_part()
}

/// A message that the server hasn't confirmed yet, or has refused.
#[component]
pub fn PendingRow(pending: Pending, shown: Shown) -> impl IntoView {
    let texts = use_texts();
    let chat = expect_context::<Chat>();
    let id = pending.client_id;
    let why = pending.refused.as_ref().map(|refusal| match refusal {
        Refusal::Lost => texts.refusal(refusal),
        refusal => [texts.not_sent, " ", &texts.refusal(refusal)].concat(),
    });
    let kind = if why.is_some() {
        "message message--refused"
    } else {
        "message message--pending"
    };
    let refused = why.is_some();
    let retry = move |_| {
        if refused {
            chat.retry(id);
        } else {
            chat.wake();
        }
    };
    let at = pending.at;
    let zone = use_zone();
    let waits = why.is_none().then(|| {
        view! {
            <span class="message__time" title=texts.pending>
                {move || zone.with(|zone| clock(texts, zone, at))} <span aria-hidden="true">" …"</span>
            </span>
        }
        .into_part()
    });
    let why = why.map(|why| view! { <span role="alert">{why}</span> }.into_part());
    view! {
        <div class=kind>
            {pending.reply_to.map(|answered| quote(shown, answered))}
            <div class="message__text">{pending.text}</div>
            {waits}
            <div class="message__unsent">
                {why}
                <span class="message__ways">
                    <button type="button" on:click=retry>{texts.retry}</button>
                    <button type="button" on:click=move |_| chat.edit(id)>{texts.edit}</button>
                    <button type="button" on:click=move |_| drop(chat.discard(id))>{texts.discard}</button>
                </span>
            </div>
        </div>
    }
    .into_part()
}

/// As many emoji alone are drawn large.
const LARGE: usize = 3;

/// Whether a text is a few emoji and nothing else. Roughly: Unicode's own table would weigh more than all
/// messages.
fn is_large(text: &str) -> bool {
    let mut emoji = 0;
    let mut joined = false;
    for c in text.chars() {
        match c {
            // What changes the emoji before it: its look, its skin, its keycap.
            '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' => {}
            '\u{200d}' => {
                joined = true;
                continue;
            }
            // Two of these are one flag.
            '\u{1f1e6}'..='\u{1f1ff}' => emoji += 1,
            '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b50}' | '\u{2b55}' if joined => {}
            '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b50}' | '\u{2b55}' => emoji += 2,
            _ => return false,
        }
        joined = false;
    }
    (1..=2 * LARGE).contains(&emoji)
}

/// The time of day, where the reader is.
fn clock(texts: &Texts, zone: &Zone, at: Millis) -> String {
    let local = zone.local(at);
    texts.clock(local.hour * 60 + local.minute)
}

/// The tree, or plain lines as they stand (`white-space: pre-wrap`).
pub fn text(message: Message) -> Part {
    if message.blocks.is_empty() {
        return message.text.into_part();
    }
    blocks(message.blocks)
}

fn blocks(all: Vec<Block>) -> Part {
    all.into_iter().map(block).collect_view().into_part()
}

fn block(block: Block) -> Part {
    match block {
        Block::Paragraph(of) => view! { <p>{line(of)}</p> }.into_part(),
        Block::Code(code) => view! { <pre tabindex="0"><code>{code}</code></pre> }.into_part(),
        Block::Quote(of) => view! { <blockquote>{blocks(of)}</blockquote> }.into_part(),
        Block::List { start, items } => {
            let items = items
                .into_iter()
                .map(|item| view! { <li>{blocks(item)}</li> }.into_part())
                .collect_view();
            match start {
                Some(start) => view! { <ol start=start.to_string()>{items}</ol> }.into_part(),
                None => view! { <ul>{items}</ul> }.into_part(),
            }
        }
    }
}

fn line(all: Vec<Inline>) -> Part {
    all.into_iter().map(inline).collect_view().into_part()
}

fn inline(inline: Inline) -> Part {
    match inline {
        Inline::Text(text) => text.into_part(),
        Inline::Break => view! { <br/> }.into_part(),
        Inline::Bold(of) => view! { <strong>{line(of)}</strong> }.into_part(),
        Inline::Italic(of) => view! { <em>{line(of)}</em> }.into_part(),
        Inline::Struck(of) => view! { <s>{line(of)}</s> }.into_part(),
        Inline::Code(code) => view! { <code>{code}</code> }.into_part(),
        Inline::Mention { user, text } => {
            let me = expect_context::<Chat>().is_me(user);
            view! { <a class="mention" class=("mention--me", me) href=["/", &text].concat()>{text.clone()}</a> }.into_part()
        }
        Inline::Link { href, text } => view! {
            <a href=href target="_blank" rel="noopener noreferrer nofollow">{line(unlinked(text))}</a>
        }
        .into_part(),
    }
}

/// A link's text without links of its own: the browser's parser would take them apart, and the page
/// would no longer be the one that was drawn.
fn unlinked(all: Vec<Inline>) -> Vec<Inline> {
    all.into_iter()
        .flat_map(|inline| match inline {
            Inline::Link { text, .. } => unlinked(text),
            Inline::Mention { text, .. } => vec![Inline::Text(text)],
            Inline::Bold(of) => vec![Inline::Bold(unlinked(of))],
            Inline::Italic(of) => vec![Inline::Italic(unlinked(of))],
            Inline::Struck(of) => vec![Inline::Struck(unlinked(of))],
            other => vec![other],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::is_large;

    #[test]
    fn a_few_emoji_alone_are_large() {
        for large in ["👍", "❤️", "👨‍👩‍👧‍👦", "🇷🇺🇬🇧", "👋🏽🎉😀"] {
            assert!(is_large(large), "{large}");
        }
        for not in ["", "1", "👍 да", "ура 🎉", "😀😀😀😀", "\u{fe0f}"] {
            assert!(!is_large(not), "{not}");
        }
    }
}
