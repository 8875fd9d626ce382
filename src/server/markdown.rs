//! Message text as a tree: a subset of CommonMark, in which whatever isn't markup here stays as it
//! was written. The page draws the tree; text never becomes HTML by string.

use crate::server::mentions::Named;
use crate::server::names::is_invisible;
use crate::shared::message::{Block, Inline};
use linkify::{Link, LinkFinder, LinkKind};
use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag};
use std::ops::Range;

/// Quotes and lists within one another; deeper ones are drawn as if they were at this depth.
const DEPTH: usize = 6;

/// The tree of a message's text; empty where there is nothing to it but lines of plain text. `named` are the
/// members whom it mentions.
pub fn parse(text: &str, named: &Named) -> Vec<Block> {
    let blocks = named.mark(tree(text));
    if is_plain(&blocks, text) {
        Vec::new()
    } else {
        blocks
    }
}

fn tree(text: &str) -> Vec<Block> {
    let source = masked(&text.replace("\r\n", "\n").replace('\r', "\n"));
    let mut builder = Builder::new(&source);
    for (event, range) in Parser::new_ext(&source, Options::ENABLE_STRIKETHROUGH).into_offset_iter() {
        builder.take(event, range);
    }
    builder.finish()
}

/// Whether the tree shows just what the text does when it is drawn as it stands.
fn is_plain(blocks: &[Block], text: &str) -> bool {
    let mut shown = String::new();
    for block in blocks {
        let Block::Paragraph(line) = block else {
            return false;
        };
        for inline in line {
            match inline {
                Inline::Text(text) => shown.push_str(text),
                Inline::Break => {}
                _ => return false,
            }
        }
    }
    let written = text.chars().filter(|c| !c.is_whitespace() && !is_mask(*c));
    shown.chars().filter(|c| !c.is_whitespace()).eq(written)
}

// What the parser must not see is masked by noncharacters, which no text has a use for.

/// Stands between `]` and `:`. Without it, `[name]: address` is a definition and vanishes.
const NO_DEFINITION: char = '\u{FDD0}';
/// These characters within an address are a part of it.
const IN_ADDRESS: [(char, char); 3] = [('*', '\u{FDD1}'), ('_', '\u{FDD2}'), ('~', '\u{FDD3}')];

fn is_mask(c: char) -> bool {
    ('\u{FDD0}'..='\u{FDD3}').contains(&c)
}

fn masked(text: &str) -> String {
    let text = text.replace(is_mask, "");
    let mut masked = String::with_capacity(text.len());
    let inside = |c| {
        IN_ADDRESS
            .iter()
            .find(|(marker, _)| *marker == c)
            .map_or(c, |(_, mask)| *mask)
    };
    let mut written = 0;
    for Address { range, is_mailbox } in addresses(&text) {
        if !is_mailbox {
            // At its end they are rather the text's: `_see https://example.org_`.
            let address = text[range.clone()].trim_end_matches(['*', '_', '~']);
            masked.push_str(&text[written..range.start]);
            masked.extend(address.chars().map(inside));
            written = range.start + address.len();
        }
    }
    masked.push_str(&text[written..]);
    masked.replace("]:", &format!("]{NO_DEFINITION}:"))
}

fn unmasked(text: &str) -> String {
    let outside = |c| {
        IN_ADDRESS
            .iter()
            .find(|(_, mask)| *mask == c)
            .map_or(c, |(marker, _)| *marker)
    };
    text.chars()
        .filter(|c| *c != NO_DEFINITION)
        .map(outside)
        .collect()
}

/// Builds the tree from the parser's events, on stacks of its own.
struct Builder<'a> {
    source: &'a str,
    /// What the end of each open element does.
    ends: Vec<End>,
    /// The blocks of the message, and of each open quote and item.
    blocks: Vec<Vec<Block>>,
    lists: Vec<List>,
    /// The open paragraph's pieces, and those of each open style and link in it; none between
    /// paragraphs. An item of a tight list has no paragraph of its own: its first piece opens one.
    pieces: Vec<Vec<Inline>>,
    styles: Vec<Style>,
    in_link: bool,
    /// The text of an open block of code.
    code: Option<String>,
    /// The markers of flattened items, to begin the next paragraph with.
    lead: String,
    /// Through here, the source of the open paragraph has been taken.
    taken: usize,
}

/// How an open element ends. Ranges are of the source.
enum End {
    Paragraph,
    /// With the line that is drawn under it, or else the marks that are left of its source.
    Heading {
        underline: String,
    },
    Code {
        info: String,
        from: Range<usize>,
    },
    Quote {
        from: Range<usize>,
    },
    List,
    Item,
    FlatList,
    FlatBlock,
    Style(Style),
    /// A style within itself adds nothing.
    SameStyle,
    /// Markers that aren't ours, written again.
    Marker(Range<usize>),
    Link {
        href: String,
    },
    /// A link that may not be one: what is left of its source is written.
    NoLink,
}

#[derive(Clone, Copy, PartialEq)]
enum Style {
    Bold,
    Italic,
    Struck,
}

#[derive(Default)]
struct List {
    start: Option<u64>,
    items: Vec<Vec<Block>>,
    from: Range<usize>,
}

impl<'a> Builder<'a> {
    fn new(source: &'a str) -> Self {
        Self {
            source,
            ends: Vec::new(),
            blocks: vec![Vec::new()],
            lists: Vec::new(),
            pieces: Vec::new(),
            styles: Vec::new(),
            in_link: false,
            code: None,
            lead: String::new(),
            taken: 0,
        }
    }

    fn finish(mut self) -> Vec<Block> {
        self.close_blocks()
    }

    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(_) => self.end(range),
            Event::Text(text) => self.text(&text, range),
            Event::Code(code) => {
                self.push(Inline::Code(unmasked(&code)));
                self.taken = range.end;
            }
            Event::Html(html) => self.write_lines(&html),
            Event::SoftBreak | Event::HardBreak => self.line_break(range),
            Event::Rule => {
                self.close_paragraph();
                self.write_paragraph(range);
            }
            // HTML within a line. Nothing else is switched on in the parser.
            _ => {
                self.taken = range.end;
                self.write_lines(&self.source[range]);
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        let end = match tag {
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough => self.start_style(&tag, range),
            Tag::Link {
                dest_url,
                link_type: LinkType::Email,
                ..
            } => self.start_link("<", format!("mailto:{dest_url}"), range),
            Tag::Link {
                dest_url,
                link_type: LinkType::Autolink,
                ..
            } => self.start_link("<", dest_url.into_string(), range),
            Tag::Link { dest_url, .. } => self.start_link("[", dest_url.into_string(), range),
            Tag::Image { dest_url, .. } => self.start_link("![", dest_url.into_string(), range),
            block => {
                self.close_paragraph();
                self.start_block(block, range)
            }
        };
        self.ends.push(end);
    }

    fn start_block(&mut self, tag: Tag<'_>, range: Range<usize>) -> End {
        let flat = self.blocks.len() > DEPTH;
        match tag {
            Tag::Heading { .. } => self.start_heading(range),
            Tag::CodeBlock(kind) => {
                self.code = Some(String::new());
                let info = match kind {
                    CodeBlockKind::Fenced(info) => unmasked(&info),
                    CodeBlockKind::Indented => String::new(),
                };
                End::Code { info, from: range }
            }
            Tag::BlockQuote(_) if !flat => {
                self.blocks.push(Vec::new());
                End::Quote { from: range }
            }
            Tag::List(start) if !flat => {
                self.lists.push(List {
                    start,
                    items: Vec::new(),
                    from: range,
                });
                End::List
            }
            Tag::List(_) => End::FlatList,
            Tag::Item => self.start_item(range),
            Tag::Paragraph | Tag::HtmlBlock => {
                self.open_paragraph();
                End::Paragraph
            }
            _ => End::FlatBlock,
        }
    }

    /// A heading is a line that shows its `#`, or the line drawn under it.
    fn start_heading(&mut self, range: Range<usize>) -> End {
        let written = self.source[range.clone()].trim_end();
        let unmarked = written.trim_start_matches('#');
        if unmarked.len() < written.len() && (unmarked.is_empty() || unmarked.starts_with([' ', '\t'])) {
            let marks = written.len() - unmarked.trim_start().len();
            self.write(&written[..marks]);
            self.taken = range.start + marks;
            return End::Heading {
                underline: String::new(),
            };
        }
        let underline = &written[written.trim_end_matches(['=', '-']).len()..];
        self.open_paragraph();
        End::Heading {
            underline: format!("\n{underline}"),
        }
    }

    fn start_item(&mut self, range: Range<usize>) -> End {
        let written = &self.source[range.clone()];
        if let Some(End::FlatList) = self.ends.last() {
            self.lead
                .push_str(written.split_whitespace().next().unwrap_or_default());
            self.lead.push(' ');
            return End::FlatBlock;
        }
        let digits = written.trim_start_matches(|c: char| c.is_ascii_digit());
        if let Ok(number) = written[..written.len() - digits.len()].parse() {
            self.number_item(number, range.start);
        }
        self.blocks.push(Vec::new());
        End::Item
    }

    /// Numbers that go on in their own way begin another list: none is drawn that wasn't written.
    /// Only the same number again and again is a way to write any list.
    fn number_item(&mut self, number: u64, at: usize) {
        let Some(list) = self.lists.last_mut() else { return };
        let goes_on = |start| number == start || number == start + list.items.len() as u64;
        if list.items.is_empty() || list.start.is_none_or(goes_on) {
            return;
        }
        let rest = List {
            start: Some(number),
            items: Vec::new(),
            from: at..list.from.end,
        };
        let mut before = std::mem::replace(list, rest);
        before.from.end = at;
        self.push_list(before);
    }

    fn start_style(&mut self, tag: &Tag<'_>, range: Range<usize>) -> End {
        let written = &self.source[range.clone()];
        let (style, markers, ours) = match tag {
            Tag::Strong => (Style::Bold, 2, written.starts_with('*')),
            Tag::Emphasis => (Style::Italic, 1, !self.is_within_word(&range)),
            _ if written.starts_with("~~") => (Style::Struck, 2, true),
            _ => (Style::Struck, 1, false),
        };
        let marker = range.start..range.start + markers;
        self.taken = marker.end;
        if !ours {
            self.write(&self.source[marker.clone()]);
            return End::Marker(marker);
        }
        if self.styles.contains(&style) {
            return End::SameStyle;
        }
        self.open_paragraph();
        self.pieces.push(Vec::new());
        self.styles.push(style);
        End::Style(style)
    }

    /// `2*3*4` is a product, not an italic 3.
    fn is_within_word(&self, range: &Range<usize>) -> bool {
        let before = self.source[..range.start].chars().next_back();
        let after = self.source[range.end..].chars().next();
        [before, after].into_iter().flatten().any(char::is_alphanumeric)
    }

    /// A link within a link, or to where none may lead, stays as it was written.
    fn start_link(&mut self, open: &str, href: String, range: Range<usize>) -> End {
        self.taken = range.start + open.len();
        match allowed(unmasked(&href)) {
            Some(href) if !self.in_link => {
                self.open_paragraph();
                self.pieces.push(Vec::new());
                self.in_link = true;
                End::Link { href }
            }
            _ => {
                self.write(open);
                End::NoLink
            }
        }
    }

    fn end(&mut self, range: Range<usize>) {
        match self.ends.pop() {
            Some(End::Style(style)) => {
                self.styles.pop();
                let pieces = self.close_pieces();
                self.push(match style {
                    Style::Bold => Inline::Bold(pieces),
                    Style::Italic => Inline::Italic(pieces),
                    Style::Struck => Inline::Struck(pieces),
                });
            }
            Some(End::SameStyle) => {}
            Some(End::Marker(marker)) => self.write(&self.source[marker]),
            Some(End::Link { href }) => {
                let mut text = self.close_pieces();
                self.in_link = false;
                if !text.iter().any(shows) {
                    text = vec![Inline::Text(href.clone())];
                }
                self.push(Inline::Link { href, text });
            }
            Some(End::NoLink) => self.write_lines(&self.source[self.taken..range.end]),
            Some(block) => return self.end_block(block, range),
            None => return,
        }
        self.taken = range.end;
    }

    fn end_block(&mut self, end: End, range: Range<usize>) {
        if let End::Heading { underline } = &end {
            let rest = if underline.is_empty() {
                self.source[self.taken..range.end].trim_end()
            } else {
                underline
            };
            self.write_lines(rest);
        }
        self.close_paragraph();
        match end {
            End::Code { info, from } => self.end_code(&info, from),
            End::Quote { from } => {
                let quoted = self.close_blocks();
                let within_quote = matches!(self.ends.last(), Some(End::Quote { .. }));
                match quoted.is_empty() {
                    false => self.push_block(Block::Quote(quoted)),
                    // Of nested empty quotes, the outermost is written.
                    true if within_quote => {}
                    true => self.write_paragraph(from),
                }
            }
            End::Item => {
                let item = self.close_blocks();
                if let Some(list) = self.lists.last_mut() {
                    list.items.push(item);
                }
            }
            End::List => {
                if let Some(list) = self.lists.pop() {
                    self.push_list(list);
                }
            }
            _ => {}
        }
    }

    /// Behind the fence stands the name of a language, which isn't shown, or already code.
    fn end_code(&mut self, info: &str, from: Range<usize>) {
        let code = self.code.take().unwrap_or_default();
        let code = code.strip_suffix('\n').unwrap_or(&code);
        let is_language = info.chars().all(|c| c.is_alphanumeric() || "+-#._".contains(c));
        match (code.trim().is_empty(), info.is_empty()) {
            (true, true) => self.write_paragraph(from),
            (true, false) => self.push_block(Block::Code(info.to_owned())),
            (false, _) if is_language => self.push_block(Block::Code(code.to_owned())),
            (false, _) => self.push_block(Block::Code(format!("{info}\n{code}"))),
        }
    }

    fn text(&mut self, text: &str, range: Range<usize>) {
        if let Some(code) = &mut self.code {
            code.push_str(&unmasked(text));
            return;
        }
        let written = &self.source[range.clone()];
        if written.is_empty() {
            return;
        }
        if self.taken != range.start && self.source[..range.start].ends_with('\\') {
            let escaped = written.chars().next().unwrap_or_default();
            if !self.needs_escape(escaped, range.start - 1) {
                self.write("\\");
            }
        }
        // The source rather than the event's text: `&amp;` was written, not `&`.
        self.write(written);
        self.taken = range.end;
    }

    /// Whether the character would mean something without the backslash before it. Where it
    /// wouldn't, the backslash was meant.
    fn needs_escape(&self, escaped: char, backslash: usize) -> bool {
        let before = &self.source[..backslash];
        let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
        match escaped {
            '*' | '_' | '~' | '`' | '[' | ']' => true,
            '>' | '#' | '-' | '+' => line.chars().all(|c| c.is_whitespace() || c == '>'),
            '.' | ')' => !line.is_empty() && line.chars().all(|c| c.is_ascii_digit()),
            _ => false,
        }
    }

    fn line_break(&mut self, range: Range<usize>) {
        // A backslash at the end of a line is rather a shell's than ours.
        if self.source[range.clone()].starts_with('\\') {
            self.write("\\");
        }
        self.push(Inline::Break);
        // Within quotes and lists, white space belongs to the markup.
        if self.blocks.len() == 1 {
            let rest = &self.source[range.end..];
            let indent = rest.len() - rest.trim_start_matches([' ', '\t']).len();
            self.write(&rest[..indent]);
        }
        self.taken = range.end;
    }

    fn open_paragraph(&mut self) {
        if self.pieces.is_empty() {
            let lead = std::mem::take(&mut self.lead);
            self.pieces.push(if lead.is_empty() {
                Vec::new()
            } else {
                vec![Inline::Text(lead)]
            });
        }
    }

    fn close_paragraph(&mut self) {
        if self.pieces.is_empty() {
            return;
        }
        let mut line = self.close_pieces();
        while line.last() == Some(&Inline::Break) {
            line.pop();
        }
        if !line.is_empty() {
            self.push_block(Block::Paragraph(line));
        }
    }

    /// The pieces of the innermost open paragraph, style or link.
    fn close_pieces(&mut self) -> Vec<Inline> {
        let pieces = self.pieces.pop().unwrap_or_default();
        if self.in_link { pieces } else { linked(pieces) }
    }

    /// The blocks of the innermost open quote or item, or of the message.
    fn close_blocks(&mut self) -> Vec<Block> {
        if !self.lead.is_empty() {
            self.open_paragraph();
            self.close_paragraph();
        }
        self.blocks.pop().unwrap_or_default()
    }

    fn push(&mut self, piece: Inline) {
        self.open_paragraph();
        if let Some(pieces) = self.pieces.last_mut() {
            pieces.push(piece);
        }
    }

    /// Plain text; what comes in pieces is put together, so that addresses are found in it.
    fn write(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let text = unmasked(text);
        match self.pieces.last_mut().and_then(|pieces| pieces.last_mut()) {
            Some(Inline::Text(before)) => before.push_str(&text),
            _ => self.push(Inline::Text(text)),
        }
    }

    fn write_lines(&mut self, text: &str) {
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                self.push(Inline::Break);
            }
            self.write(line);
        }
    }

    /// A block's source, as a paragraph.
    fn write_paragraph(&mut self, range: Range<usize>) {
        let written = self.source[range].trim();
        if self.blocks.len() == 1 {
            self.write_lines(written);
        } else {
            // Behind the first line stand the markers of the quotes that it is in.
            let lines = written
                .split('\n')
                .map(|line| line.trim_start_matches(['>', ' ', '\t']));
            let first = written.lines().next().into_iter();
            self.write_lines(&first.chain(lines.skip(1)).collect::<Vec<_>>().join("\n"));
        }
        self.close_paragraph();
    }

    fn push_block(&mut self, block: Block) {
        if !self.lead.is_empty() {
            self.open_paragraph();
            self.close_paragraph();
        }
        if let Some(blocks) = self.blocks.last_mut() {
            blocks.push(block);
        }
    }

    fn push_list(&mut self, list: List) {
        if list.items.iter().all(Vec::is_empty) {
            self.write_paragraph(list.from);
        } else {
            self.push_block(Block::List {
                start: list.start,
                items: list.items,
            });
        }
    }
}

/// The addresses in the text, as links.
fn linked(pieces: Vec<Inline>) -> Vec<Inline> {
    let mut linked = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match piece {
            Inline::Text(text) => link_addresses(&text, &mut linked),
            piece => linked.push(piece),
        }
    }
    linked
}

fn link_addresses(text: &str, pieces: &mut Vec<Inline>) {
    let mut written = 0;
    for Address { range, is_mailbox } in addresses(text) {
        let address = &text[range.clone()];
        let scheme = if is_mailbox { "mailto:" } else { "" };
        let Some(href) = allowed(format!("{scheme}{address}")) else {
            continue;
        };
        if written < range.start {
            pieces.push(Inline::Text(text[written..range.start].to_owned()));
        }
        pieces.push(Inline::Link {
            href,
            text: vec![Inline::Text(address.to_owned())],
        });
        written = range.end;
    }
    if written < text.len() {
        pieces.push(Inline::Text(text[written..].to_owned()));
    }
}

/// An address in the text, and where it stands.
struct Address {
    range: Range<usize>,
    is_mailbox: bool,
}

/// The addresses in the text. The finder knows no top-level domain but a Latin one: it is
/// shown hosts with Latin letters, as many bytes of them.
fn addresses(text: &str) -> Vec<Address> {
    let mut shadow = String::with_capacity(text.len());
    for (number, part) in text.split("://").enumerate() {
        let after_host = part.trim_start_matches(|c: char| c.is_alphanumeric() || c == '-' || c == '.');
        let host = if number == 0 {
            ""
        } else {
            &part[..part.len() - after_host.len()]
        };
        shadow.push_str(if number == 0 { "" } else { "://" });
        for c in host.chars() {
            if c.is_ascii() {
                shadow.push(c)
            } else {
                shadow.push_str(&"xxxx"[..c.len_utf8()])
            }
        }
        shadow.push_str(&part[host.len()..]);
    }
    let finder = LinkFinder::new();
    let address = |link: Link<'_>| Address {
        range: link.start()..link.end(),
        is_mailbox: *link.kind() == LinkKind::Email,
    };
    finder.links(&shadow).map(address).collect()
}

/// The address, if a link may lead there: to a host by `http` or `https`, or to a mailbox. Browsers
/// overlook some characters in an address; here they refuse it.
fn allowed(href: String) -> Option<String> {
    let (scheme, rest) = href.split_once(':')?;
    let leads_somewhere = match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => rest
            .strip_prefix("//")
            .is_some_and(|host| !host.starts_with(['/', '\\', '?', '#'])),
        "mailto" => true,
        _ => false,
    };
    let clean = !href.chars().any(|c| c.is_whitespace() || is_invisible(c));
    (leads_somewhere && clean && rest.len() > 2).then_some(href)
}

/// Whether there is anything to see, and so to click on.
fn shows(piece: &Inline) -> bool {
    match piece {
        Inline::Text(text) | Inline::Code(text) => {
            text.chars().any(|c| !c.is_whitespace() && !is_invisible(c))
        }
        Inline::Break => false,
        Inline::Bold(pieces) | Inline::Italic(pieces) | Inline::Struck(pieces) => pieces.iter().any(shows),
        Inline::Link { text, .. } => text.iter().any(shows),
        Inline::Mention { .. } => true,
    }
}

#[cfg(test)]
mod tests;
