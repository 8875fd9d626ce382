//! Mentions: which members a text names, `@handle`, and where these stand in its tree.

use super::names::Handle;
use super::store::{self, Connection};
use crate::shared::ids::{RoomId, UserId};
use crate::shared::limits::MENTIONS;
use crate::shared::message::{Block, Inline};
use crate::shared::refusal::Refusal;
use std::ops::Range;

/// The members whom a text names, with their handles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named(pub Vec<(UserId, String)>);

impl Named {
    /// Of those whom the text may name, whoever is in the room.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn find(tx: &mut Connection, room: RoomId, text: &str) -> Result<Named, Refusal> {
        let mut handles: Vec<String> = Vec::new();
        for range in candidates(text) {
            for handle in readings(&text[range]).map(|(handle, _)| handle) {
                if handles.len() < 2 * MENTIONS && !handles.contains(&handle) {
                    handles.push(handle);
                }
            }
        }
        if handles.is_empty() {
            return Ok(Named::default());
        }
        store::users::members_called(tx, room, &handles, MENTIONS)
            .await
            .map(Named)
    }

    /// "3:anna 17:bob"
    pub fn read(text: &str) -> Named {
        let each = text.split(' ').filter_map(|word| {
            let (id, handle) = word.split_once(':')?;
            Some((UserId(id.parse().ok()?), handle.to_owned()))
        });
        Named(each.collect())
    }

    /// As [`read`](Self::read) takes it.
    pub fn written(&self) -> String {
        let each: Vec<String> = self
            .0
            .iter()
            .map(|(id, handle)| format!("{id}:{handle}"))
            .collect();
        each.join(" ")
    }

    /// Who they are but for one, once each: nobody is told that they have named themselves.
    pub fn others(&self, author: UserId) -> Vec<UserId> {
        // By the handle that they have and one that they had.
        let mut others: Vec<UserId> = self.0.iter().map(|(id, _)| *id).collect();
        others.retain(|id| *id != author);
        others.dedup();
        others
    }

    /// The same in writing, "3 17".
    pub fn without(&self, author: UserId) -> String {
        let others = self.others(author).into_iter();
        let each: Vec<String> = others.map(|id| id.to_string()).collect();
        each.join(" ")
    }

    fn user(&self, handle: &str) -> Option<UserId> {
        self.0
            .iter()
            .find(|(_, known)| known == handle)
            .map(|(id, _)| *id)
    }

    /// Puts mentions into a tree, wherever a link may stand.
    pub fn mark(&self, blocks: Vec<Block>) -> Vec<Block> {
        if self.0.is_empty() {
            return blocks;
        }
        blocks.into_iter().map(|block| self.mark_block(block)).collect()
    }

    fn mark_block(&self, block: Block) -> Block {
        match block {
            Block::Paragraph(line) => Block::Paragraph(self.mark_line(line)),
            Block::Quote(blocks) => Block::Quote(self.mark(blocks)),
            Block::List { start, items } => Block::List {
                start,
                items: items.into_iter().map(|item| self.mark(item)).collect(),
            },
            Block::Code(_) => block,
        }
    }

    fn mark_line(&self, line: Vec<Inline>) -> Vec<Inline> {
        let mut marked = Vec::with_capacity(line.len());
        for piece in line {
            match piece {
                Inline::Text(text) => self.mark_text(&text, &mut marked),
                Inline::Bold(of) => marked.push(Inline::Bold(self.mark_line(of))),
                Inline::Italic(of) => marked.push(Inline::Italic(self.mark_line(of))),
                Inline::Struck(of) => marked.push(Inline::Struck(self.mark_line(of))),
                piece => marked.push(piece),
            }
        }
        marked
    }

    fn mark_text(&self, text: &str, marked: &mut Vec<Inline>) {
        let mut written = 0;
        for range in candidates(text) {
            let found =
                readings(&text[range.clone()]).find_map(|(handle, bytes)| Some((self.user(&handle)?, bytes)));
            let Some((user, bytes)) = found else { continue };
            // With the sign before it.
            let (start, end) = (range.start - 1, range.start + bytes);
            if written < start {
                marked.push(Inline::Text(text[written..start].to_owned()));
            }
            marked.push(Inline::Mention {
                user,
                text: text[start..end].to_owned(),
            });
            written = end;
        }
        if written < text.len() {
            marked.push(Inline::Text(text[written..].to_owned()));
        }
    }
}

/// What stands behind each `@` that begins a word.
fn candidates(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    text.match_indices('@').filter_map(|(at, _)| {
        let begins = text[..at]
            .chars()
            .next_back()
            .is_none_or(|c| !c.is_alphanumeric());
        let start = at + 1;
        let length = text[start..]
            .find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-' | '.'))
            .unwrap_or(text.len() - start);
        (begins && length > 0).then_some(start..start + length)
    })
}

/// What it may be the handle of, and how many bytes that takes: a full stop at its end is rather the sentence's.
fn readings(written: &str) -> impl Iterator<Item = (String, usize)> + '_ {
    std::iter::successors(Some(written), |text| text.strip_suffix(['.', '-', '_'])).filter_map(|text| {
        let handle = Handle::parse(text).ok()?;
        Some((handle.into_string(), text.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::markdown;

    fn named() -> Named {
        Named(vec![(UserId(3), "anna".into()), (UserId(17), "боб.р".into())])
    }

    /// A mention as its id in brackets.
    fn drawn(text: &str) -> String {
        let blocks = markdown::parse(text, &named());
        if blocks.is_empty() {
            return text.to_owned();
        }
        let Some(Block::Paragraph(line)) = blocks.first() else {
            return "no paragraph".into();
        };
        let piece = |piece: &Inline| match piece {
            Inline::Text(text) => text.clone(),
            Inline::Break => "/".into(),
            Inline::Mention { user, text } => format!("[{user}|{text}]"),
            Inline::Bold(of) => match of.first() {
                Some(Inline::Mention { user, .. }) => format!("*[{user}]*"),
                _ => "*".into(),
            },
            other => format!("{other:?}"),
        };
        line.iter().map(piece).collect()
    }

    #[test]
    fn members_are_found_by_their_handles() {
        for (text, shown) in [
            ("@anna", "[3|@anna]"),
            ("Привет, @Anna!", "Привет, [3|@Anna]!"),
            ("Это к @anna.", "Это к [3|@anna]."),
            ("@боб.р. и @anna", "[17|@боб.р]. и [3|@anna]"),
            ("(@anna)\nи ты", "([3|@anna])/и ты"),
            ("**@anna**", "*[3]*"),
            ("me@anna, @anna2, @carol", "me@anna, @anna2, @carol"),
            ("@", "@"),
        ] {
            assert_eq!(drawn(text), shown, "{text}");
        }
    }

    #[test]
    fn code_and_links_mention_nobody() {
        for text in [
            "`@anna`",
            "https://example.org/@anna",
            "[@anna](https://example.org)",
        ] {
            assert!(
                !format!("{:?}", markdown::parse(text, &named())).contains("Mention"),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_stored_is_read_again() {
        assert_eq!(Named::read(&named().written()), named());
        assert_eq!(Named::read(""), Named::default());
        assert_eq!(named().without(UserId(3)), "17");
    }
}
