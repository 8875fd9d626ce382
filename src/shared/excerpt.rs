//! The beginning of a message on one line, for the list at the side.

use super::message::{Block, Inline};

/// Characters, at most.
const CHARS: usize = 120;

/// The text without its markup; with an ellipsis where it is cut. `blocks` is what the text was parsed
/// into, empty where it is plain.
pub fn excerpt(text: &str, blocks: &[Block]) -> String {
    let mut shown = String::new();
    match blocks {
        [] => shown.push_str(text),
        blocks => write_blocks(blocks, &mut shown),
    }
    let words = shown.split_whitespace().flat_map(|word| [" ", word]).skip(1);
    let line: Vec<char> = words.flat_map(str::chars).take(CHARS + 1).collect();
    if line.len() <= CHARS {
        return line.into_iter().collect();
    }
    let cut: String = line.into_iter().take(CHARS - 1).collect();
    // Not in the middle of an emoji's parts.
    let whole = cut.trim_end_matches(|c: char| c.is_whitespace() || c == '\u{200D}');
    [whole, "…"].concat()
}

pub(crate) fn write_blocks(blocks: &[Block], line: &mut String) {
    for block in blocks {
        match block {
            Block::Paragraph(pieces) => write_pieces(pieces, line),
            Block::Code(code) => line.push_str(code),
            Block::Quote(blocks) => write_blocks(blocks, line),
            Block::List { start, items } => {
                for (at, item) in items.iter().enumerate() {
                    if let Some(start) = start {
                        line.push_str(&(start + at as u64).to_string());
                        line.push_str(". ");
                    }
                    write_blocks(item, line);
                }
            }
        }
        line.push(' ');
    }
}

fn write_pieces(pieces: &[Inline], line: &mut String) {
    for piece in pieces {
        match piece {
            Inline::Text(text) | Inline::Code(text) => line.push_str(text),
            Inline::Mention { text, .. } => line.push_str(text),
            Inline::Break => line.push(' '),
            Inline::Bold(of) | Inline::Italic(of) | Inline::Struck(of) | Inline::Link { text: of, .. } => {
                write_pieces(of, line)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_one_line_of_120_characters() {
        assert_eq!(excerpt("  a\n\nb\t c ", &[]), "a b c");
        assert_eq!(excerpt(&"я".repeat(120), &[]), "я".repeat(120));
        assert_eq!(excerpt(&"я".repeat(121), &[]), "я".repeat(119) + "…");
        assert_eq!(
            excerpt(&format!("{} b c", "a".repeat(118)), &[]),
            "a".repeat(118) + "…"
        );
    }

    #[test]
    fn an_excerpt_has_no_markup() {
        let text = |text: &str| Inline::Text(text.into());
        let items = vec![
            vec![Block::Code("b".into())],
            vec![Block::Quote(vec![Block::Paragraph(vec![text("c")])])],
        ];
        let link = Inline::Link {
            href: "https://d.e".into(),
            text: vec![Inline::Bold(vec![text("d")])],
        };
        let blocks = [
            Block::Paragraph(vec![text("a"), Inline::Break, link]),
            Block::List {
                start: Some(3),
                items,
            },
        ];
        assert_eq!(excerpt("", &blocks), "a d 3. b 4. c");
    }
}
