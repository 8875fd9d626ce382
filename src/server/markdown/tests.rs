use super::*;
use crate::shared::excerpt::excerpt;
use std::time::{Duration, Instant};

/// The tree in short: `b(…)`, `i(…)`, `s(…)`, `c(…)`, `a[href](…)`, `/` for a break; blocks
/// `p(…)`, `pre(…)`, `q(…)`, `ul(-…)`, `ol3(-…)`.
fn short(text: &str) -> String {
    parse(text, &Named::default())
        .iter()
        .map(block)
        .collect::<Vec<_>>()
        .join(" ")
}

fn block(of: &Block) -> String {
    let all = |blocks: &[Block]| blocks.iter().map(block).collect::<Vec<_>>().join(" ");
    match of {
        Block::Paragraph(pieces) => format!("p({})", line(pieces)),
        Block::Code(code) => format!("pre({code})"),
        Block::Quote(blocks) => format!("q({})", all(blocks)),
        Block::List { start, items } => {
            let items: String = items.iter().map(|item| format!("-{}", all(item))).collect();
            start.map_or(format!("ul({items})"), |start| format!("ol{start}({items})"))
        }
    }
}

fn line(pieces: &[Inline]) -> String {
    let piece = |of: &Inline| match of {
        Inline::Text(text) => text.clone(),
        Inline::Break => "/".into(),
        Inline::Bold(pieces) => format!("b({})", line(pieces)),
        Inline::Italic(pieces) => format!("i({})", line(pieces)),
        Inline::Struck(pieces) => format!("s({})", line(pieces)),
        Inline::Code(code) => format!("c({code})"),
        Inline::Link { href, text } => format!("a[{href}]({})", line(text)),
        Inline::Mention { text, .. } => format!("m({text})"),
    };
    pieces.iter().map(piece).collect()
}

#[test]
fn plain_lines_have_no_tree() {
    for text in [
        "",
        "hello",
        "one\ntwo",
        "one  \ntwo\\\nthree",
        "one\n\n\n  two\r\nthree",
        "2 * 3 * 4",
        "a_b_c",
        "<3",
        "# Heading",
        "Heading\n===",
        "one\n---\ntwo",
        "***",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "<b>bold</b>",
        "<div>\n**x**\n</div>",
        "[^1] note\n\n[^1]: the note",
        "[a]: https//x",
        "[link](nowhere)",
        "&amp; &copy;",
        ">",
        "> > >",
        "-",
        "1.",
        "-\n-",
        "```",
        "~~~\n~~~",
        "5.",
        "2*3*4=24",
        "~a~",
        "__init__",
        "C:\\dir",
        "\\\\server\\share",
        "/a*b*c/d",
        "[]",
        "![]()",
        "🙂",
        "a: b]:c",
    ] {
        assert_eq!(short(text), "", "{text:?}");
    }
}

#[test]
fn styles_are_bold_italic_struck_and_code() {
    assert_eq!(
        short("**a** _b_ *c* ~~d~~ `e*f*`"),
        "p(b(a) i(b) i(c) s(d) c(e*f*))"
    );
    assert_eq!(short("***a*** **b _c_**"), "p(i(b(a)) b(b i(c)))");
    assert_eq!(short("сло**во** снова"), "p(слоb(во) снова)");
    assert_eq!(short("**a\nb**"), "p(b(a/b))");
    assert_eq!(short("*a _b_ c*"), "p(i(a b c))");
}

#[test]
fn what_is_no_markup_here_stays_beside_what_is() {
    assert_eq!(short("__a__ ~b~ 2*3*4 **c**"), "p(__a__ ~b~ 2*3*4 b(c))");
    assert_eq!(short("# Title `x` ##\ntext"), "p(# Title c(x) ##) p(text)");
    assert_eq!(short("**Title**\n==="), "p(b(Title)/===)");
    assert_eq!(short("> **Title**\n> ---"), "q(p(b(Title)/---))");
    assert_eq!(short("**a**\n\n* * *\n\nb"), "p(b(a)) p(* * *) p(b)");
    assert_eq!(short("a <b>**c**</b> <!-- d -->"), "p(a <b>b(c)</b> <!-- d -->)");
    assert_eq!(
        short("**a**\n\n<div>\n *x*\n</div>"),
        "p(b(a)) p(<div>/ *x*/</div>)"
    );
    assert_eq!(short("> <div>\n> *x*"), "q(p(<div>/*x*))");
    assert_eq!(short("**a** &lt;b&gt;"), "p(b(a) &lt;b&gt;)");
    assert_eq!(short("|`a`|b|\n|-|-|"), "p(|c(a)|b|/|-|-|)");
    assert_eq!(
        short("**a**\n\n[b]: https://x.yz"),
        "p(b(a)) p([b]: a[https://x.yz](https://x.yz))"
    );
    assert_eq!(
        short("[b]\n\n[b]: /u\n[b]: /v\n\n`c`"),
        "p([b]) p([b]: /u/[b]: /v) p(c(c))"
    );
}

#[test]
fn a_backslash_hides_markup_and_otherwise_stays() {
    assert_eq!(short("\\*a\\* **b**"), "p(*a* b(b))");
    assert_eq!(short("\\*a\\*"), "p(*a*)");
    assert_eq!(short("\\> a"), "p(> a)");
    assert_eq!(short("1\\. a"), "p(1. a)");
    assert_eq!(
        short("\\\\srv\\x \\! a\\-b **b**"),
        "p(\\\\srv\\x \\! a\\-b b(b))"
    );
    assert_eq!(short("**run** \\\n  --all"), "p(b(run) \\/  --all)");
}

#[test]
fn code_is_kept_to_the_letter() {
    assert_eq!(
        short("```rust\nlet a = \"**b**\";\n\n  c\n```"),
        "pre(let a = \"**b**\";\n\n  c)"
    );
    assert_eq!(short("    a\n     b"), "pre(a\n b)");
    assert_eq!(
        short("```\nhttps://a.bc/_c_ [d]: e &amp;\n```"),
        "pre(https://a.bc/_c_ [d]: e &amp;)"
    );
    assert_eq!(short("`https://a.bc/_c_ [d]:`"), "p(c(https://a.bc/_c_ [d]:))");
    assert_eq!(short("> ```\n> a\n>  b\n> ```"), "q(pre(a\n b))");
}

#[test]
fn nothing_behind_a_fence_is_lost() {
    assert_eq!(
        short("```let a = 1;\nlet b = 2;\n```"),
        "pre(let a = 1;\nlet b = 2;)"
    );
    assert_eq!(short("```hello"), "pre(hello)");
    assert_eq!(short("**a**\n\n```\n```"), "p(b(a)) p(```/```)");
}

#[test]
fn quotes_and_lists_nest() {
    assert_eq!(short("> a\n> b\n\nc"), "q(p(a/b)) p(c)");
    assert_eq!(short("> a\n>> b"), "q(p(a) q(p(b)))");
    assert_eq!(short("- a\n- b\n  - c\n\nd"), "ul(-p(a)-p(b) ul(-p(c))) p(d)");
    assert_eq!(short("- a\n\n- b\n\n  c"), "ul(-p(a)-p(b) p(c))");
    assert_eq!(short("> - **a**\n> - b"), "q(ul(-p(b(a))-p(b)))");
    assert_eq!(short("- a\n-\n- b"), "ul(-p(a)--p(b))");
    assert_eq!(short("> a\n>\n> 5."), "q(p(a) p(5.))");
    assert_eq!(short("a\n\n>\n\n`b`"), "p(a) p(>) p(c(b))");
}

#[test]
fn a_list_is_numbered_as_it_was_written() {
    assert_eq!(short("3. a\n4. b"), "ol3(-p(a)-p(b))");
    assert_eq!(short("1. a\n1. b\n1. c"), "ol1(-p(a)-p(b)-p(c))");
    assert_eq!(short("3) a\n7) b\n8) c"), "ol3(-p(a)) ol7(-p(b)-p(c))");
    assert_eq!(short("1945. End of the war"), "ol1945(-p(End of the war))");
}

#[test]
fn links_lead_by_http_or_to_a_mailbox() {
    assert_eq!(
        short("[a **b**](https://x.y/?q=1 \"t\")"),
        "p(a[https://x.y/?q=1](a b(b)))"
    );
    assert_eq!(
        short("[a](HTTP://x.y) [b](mailto:c@d.e)"),
        "p(a[HTTP://x.y](a) a[mailto:c@d.e](b))"
    );
    assert_eq!(
        short("<https://x.yz> <a@b.cd>"),
        "p(a[https://x.yz](https://x.yz) a[mailto:a@b.cd](a@b.cd))"
    );
    assert_eq!(short("[](https://x.yz)"), "p(a[https://x.yz](https://x.yz))");
    assert_eq!(short("![cat](https://x.y/c.png)"), "p(a[https://x.y/c.png](cat))");
    assert_eq!(
        short("![](https://x.y/c.png)"),
        "p(a[https://x.y/c.png](https://x.y/c.png))"
    );
    assert_eq!(short("[a](https://[::1]:80/b)"), "p(a[https://[::1]:80/b](a))");
}

#[test]
fn a_link_to_elsewhere_stays_as_it_was_written() {
    for href in [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc",
        "//x.y",
        "/x",
        "x",
        "#x",
        "https:x",
        "https:/x.y",
        "https:///x.y",
        "https:\\\\x.y",
        "ftp://x",
        "java&#10;script:x",
        "&#x6A;avascript:x",
        "&#1;javascript:x",
        "https://x&#8203;y",
        "https://x&#x202E;y",
        "blob:https://x",
        "mailto:",
    ] {
        let text = format!("`c` [a]({href})");
        assert!(!short(&text).contains("](a)"), "{text}: {}", short(&text));
        assert!(short(&text).contains("[a]("), "{text}: {}", short(&text));
    }
    assert_eq!(
        short("`c` [a](<https://x y>)"),
        "p(c(c) [a](<a[https://x](https://x) y>))"
    );
    assert_eq!(
        short("[a **b**](javascript:x) <data:x>"),
        "p([a b(b)](javascript:x) <data:x>)"
    );
    assert_eq!(short("`c` ![a](javascript:x)"), "p(c(c) ![a](javascript:x))");
}

#[test]
fn a_link_within_a_link_stays_as_it_was_written() {
    assert_eq!(
        short("[![a](https://x.y/i)](https://x.yz)"),
        "p(a[https://x.yz](![a](https://x.y/i)))"
    );
    assert_eq!(
        short("[a https://b.c](https://x.yz)"),
        "p(a[https://x.yz](a https://b.c))"
    );
}

#[test]
fn addresses_in_text_become_links() {
    assert_eq!(
        short("see https://a.bc/c, ok"),
        "p(see a[https://a.bc/c](https://a.bc/c), ok)"
    );
    assert_eq!(short("me@a.bc"), "p(a[mailto:me@a.bc](me@a.bc))");
    assert_eq!(short("**https://a.bc**"), "p(b(a[https://a.bc](https://a.bc)))");
    assert_eq!(
        short("(https://a.bc/c_(d))"),
        "p((a[https://a.bc/c_(d)](https://a.bc/c_(d))))"
    );
    assert_eq!(
        short("https://a.bc/?c=1&copy=2"),
        "p(a[https://a.bc/?c=1&copy=2](https://a.bc/?c=1&copy=2))"
    );
    assert_eq!(
        short("http://пример.рф/ё"),
        "p(a[http://пример.рф/ё](http://пример.рф/ё))"
    );
    for address in [
        "http://localhost:3000/a",
        "https://192.0.2.1:8443",
        "https://почта.example.рф",
    ] {
        assert_eq!(short(address), format!("p(a[{address}]({address}))"));
    }
    assert_eq!(
        short("вотhttps://дом.рф, да"),
        "p(вотa[https://дом.рф](https://дом.рф), да)"
    );
    for text in [
        "ftp://a.bc",
        "javascript://a.bc",
        "www.a.bc",
        "a.bc",
        "@anna",
        "ssh://git@host",
    ] {
        assert_eq!(short(text), "", "{text}");
    }
}

#[test]
fn markers_within_an_address_belong_to_it() {
    for address in [
        "https://a.bc/_c_/d",
        "https://a.bc/*c*/d",
        "https://a.bc/~~c~~/d",
        "https://a.bc/__c__.d",
    ] {
        assert_eq!(short(address), format!("p(a[{address}]({address}))"));
        assert_eq!(short(&format!("[e]({address})")), format!("p(a[{address}](e))"));
    }
    assert_eq!(
        short("_https://a.bc/c_"),
        "p(i(a[https://a.bc/c](https://a.bc/c)))"
    );
    assert_eq!(
        short("**https://a.bc/c** **d**"),
        "p(b(a[https://a.bc/c](https://a.bc/c)) b(d))"
    );
}

#[test]
fn spaces_at_the_beginning_of_a_line_stay() {
    assert_eq!(short("**a**\n   b\n  `c`"), "p(b(a)/   b/  c(c))");
}

fn depth(blocks: &[Block]) -> usize {
    let deepest = |block: &Block| match block {
        Block::Quote(blocks) => 1 + depth(blocks),
        Block::List { items, .. } => 1 + items.iter().map(|item| depth(item)).max().unwrap_or(0),
        _ => 0,
    };
    blocks.iter().map(deepest).max().unwrap_or(0)
}

#[test]
fn deeper_nesting_is_flattened_and_nothing_of_it_is_lost() {
    let quotes = format!("{}a", "> ".repeat(50));
    assert_eq!(depth(&parse(&quotes, &Named::default())), DEPTH);
    assert!(short(&quotes).contains("p(a)"));
    assert_eq!(
        short("- - - - - - - 8. b"),
        "ul(-ul(-ul(-ul(-ul(-ul(-p(- 8. b)))))))"
    );
    assert_eq!(
        depth(&parse(&format!("{}- a", "> ".repeat(6)), &Named::default())),
        DEPTH
    );
}

/// Every word of it that could be hidden is there to see.
fn shown(text: &str) -> String {
    let mut line = String::new();
    crate::shared::excerpt::write_blocks(&tree(text), &mut line);
    line
}

#[test]
fn hostile_text_takes_no_time_and_nests_no_deeper() {
    let lines = |line: &str| format!("{line}\n").repeat(4_000 / (line.len() + 1));
    let mut hostile: Vec<String> = [
        ">",
        "[",
        "*",
        "_",
        "~",
        "`",
        "- ",
        "1. ",
        "> - ",
        "![",
        "[a](",
        "[](",
        "**a ",
        "*a **b ",
        "~~a ",
        "<",
        "<!--",
        "<a",
        "<?",
        "&",
        "&#",
        "\\",
        "\\-",
        "]:",
        "[a]:",
        "[a]: b\n\n",
        "a@",
        "a@b.",
        "http://",
        "https://a.bc/(",
        ":",
        "://",
        "(",
        "h",
        "**x* ",
        "`a``",
        "|a",
        "* * ",
        "\t",
        "a\n",
        "\n",
        "-\n",
        "#\n",
        "<div>\n",
        "``` \n",
        "😀",
        "[a](https://b.c)",
        "x_*_*",
        "https://a.bc/*_~",
        "'https://a.bc'",
        "[a][",
        "<https://a.bc>",
        "a.b@c.d ",
        "*a_ ",
        "1)\n3)\n",
    ]
    .map(|part: &str| part.repeat(4_000 / part.len()))
    .into();
    hostile.extend([
        lines("> > > > > > > > > > a"),
        lines("- - - - a"),
        lines("> - > - a"),
    ]);
    hostile.push(
        (0..80)
            .map(|depth| format!("{}- a\n", " ".repeat(depth)))
            .collect(),
    );
    hostile.push(
        (0..60)
            .map(|depth| format!("{}- a\n", "  ".repeat(depth)))
            .collect(),
    );
    hostile.push(format!("{}a{}", "**".repeat(1_000), "**".repeat(999)));
    hostile.push(format!("{}a{}", "*a ".repeat(700), " a*".repeat(600)));
    hostile.push(format!("{}a{}", "[".repeat(1_000), "](https://a.bc)".repeat(200)));
    hostile.push((1..90).map(|ticks| format!("a{}", "`".repeat(ticks))).collect());
    for text in hostile {
        let began = Instant::now();
        let blocks = parse(&text, &Named::default());
        let line = excerpt(&text, &blocks);
        let took = began.elapsed();
        let part: String = text.chars().take(20).collect();
        assert!(took < Duration::from_millis(200), "{part:?} took {took:?}");
        assert!(depth(&blocks) <= DEPTH, "{part:?}");
        assert!(line.chars().count() <= 120 && !line.contains('\n'), "{part:?}");
    }
}

proptest::proptest! {
    #[test]
    fn no_letter_is_lost(text in "([ab\n \\[\\]()*_~`>#:!<&;\\\\-]|1\\. |https://a\\.b|```){0,40}") {
        let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
        let blocks = parse(&text, &Named::default());
        proptest::prop_assert!(depth(&blocks) <= DEPTH);
        // Languages behind fences, numbers of lists and targets of links are markup.
        if !["```", "](", "1."].iter().any(|markup| text.contains(markup)) {
            proptest::prop_assert_eq!(letters(&shown(&text)), letters(&text), "{:?}", blocks);
        }
    }
}
