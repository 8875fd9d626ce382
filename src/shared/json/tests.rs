use super::*;
use crate::shared::ids::{ClientId, RoomId, UserId};
use crate::shared::live::{Anchor, Changes, Conversation, Row, ToBrowser};
use crate::shared::message::{Block, Inline, Message, Quote, Reacted, Reaction};
use crate::shared::refusal::Refusal;
use crate::shared::room::{History, OpenRoom, Place, Room, RoomKind};
use proptest::prelude::*;
use serde::Deserialize;
use std::fmt::Debug;

fn lines() -> impl Strategy<Value = Vec<Inline>> {
    let leaf = prop_oneof![any::<String>().prop_map(Inline::Text), Just(Inline::Break)];
    let line = leaf.prop_recursive(3, 8, 3, |inner| {
        let of = prop::collection::vec(inner, 0..3);
        prop_oneof![
            of.clone().prop_map(Inline::Bold),
            (any::<String>(), of).prop_map(|(href, text)| Inline::Link { href, text }),
            (any::<i64>(), any::<String>()).prop_map(|(user, text)| Inline::Mention {
                user: UserId(user),
                text
            }),
        ]
    });
    prop::collection::vec(line, 0..3)
}

fn messages() -> impl Strategy<Value = Message> {
    let some = (any::<i64>(), any::<String>(), any::<Option<i64>>(), any::<bool>());
    (some, any::<Option<u64>>(), lines()).prop_map(|((number, text, edited_at, deleted), start, line)| {
        Message {
            position: number,
            version: number / 2,
            author: UserId(number),
            client_id: ClientId::new(),
            posted_at: 0,
            edited_at,
            deleted,
            reply_to: edited_at,
            mentions: vec![UserId(number)],
            reactions: vec![Reaction {
                emoji: text.clone(),
                count: 3,
            }],
            text: text.clone(),
            blocks: vec![
                Block::Code(text),
                Block::List {
                    start,
                    items: vec![vec![Block::Paragraph(line)], vec![]],
                },
            ],
            ..Message::default()
        }
    })
}

fn news() -> impl Strategy<Value = ToBrowser> {
    let room = |name: String| Room {
        id: RoomId(7),
        kind: RoomKind::Invited,
        description: name.clone(),
        name,
        history: History::SinceJoining,
        closed: true,
        picture: None,
        version: 9,
    };
    prop_oneof![
        (messages(), any::<String>()).prop_map(move |(message, name)| ToBrowser::Changes(Changes {
            room: RoomId(1),
            after: -1,
            through: i64::MAX,
            quotes: vec![Quote::of(&message)],
            reacted: vec![Reacted {
                position: 3,
                user: UserId(1),
                version: 4,
                emoji: vec![name.clone()],
            }],
            rows: vec![Row::Message(message), Row::Room(room(name))],
            people: vec![],
        })),
        any::<u32>().prop_map(|rooms| ToBrowser::Heartbeat {
            rooms,
            versions: i64::MIN
        }),
        any::<i64>().prop_map(|room| ToBrowser::Draft {
            room: RoomId(room),
            draft: None
        }),
    ]
}

/// Both read the same, whatever it is.
fn agree<T: DeserializeOwned + PartialEq + Debug>(json: &[u8]) {
    let theirs = serde_json::from_slice::<T>(json).ok();
    assert_eq!(read::<T>(json), theirs, "{}", String::from_utf8_lossy(json));
}

proptest! {
    #[test]
    fn what_one_writes_the_other_reads(news in news()) {
        let (ours, theirs) = (write(&news).unwrap(), serde_json::to_string(&news).unwrap());
        prop_assert_eq!(serde_json::from_str::<ToBrowser>(&ours).unwrap(), news.clone());
        prop_assert_eq!(read::<ToBrowser>(theirs.as_bytes()), Some(news.clone()));
        prop_assert_eq!(read::<ToBrowser>(ours.as_bytes()), Some(news));
    }

    #[test]
    fn what_is_damaged_is_read_by_both_or_neither(
        news in news(),
        at in any::<prop::sample::Index>(),
        sign in prop::sample::select(&b"\"\\{}[]:,.-0n x\n\xd1"[..]),
        cut in any::<bool>(),
    ) {
        let mut json = serde_json::to_vec(&news).unwrap();
        let at = at.index(json.len());
        if cut {
            json.truncate(at);
        } else {
            json[at] = sign;
        }
        agree::<ToBrowser>(&json);
    }

    #[test]
    fn texts_and_numbers_are_read_alike(text in r#"[ \n]{0,2}("[a"\\\\/bnux0-9d8ceF\t]{0,12}"|-?[0-9]{1,21}|[0-9.eE+-]{1,6})[ \t]?"#) {
        agree::<String>(text.as_bytes());
        agree::<i64>(text.as_bytes());
        agree::<u64>(text.as_bytes());
        agree::<u8>(text.as_bytes());
    }
}

#[test]
fn every_shape_is_read_and_written() {
    fn whole<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: T) {
        let json = write(&value).unwrap();
        assert_eq!(serde_json::from_str::<T>(&json).unwrap(), value, "{json}");
        assert_eq!(read::<T>(json.as_bytes()), Some(value), "{json}");
    }
    whole(Ok::<_, Refusal>(()));
    whole(Err::<(), _>(Refusal::TooMany { most: 3 }));
    whole(Some(Refusal::NotFound));
    whole((true, 'ё', [1u8, 2], Some("\u{1}\t\"\\ 🎄")).3.map(str::to_owned));
    whole(vec![Place::Room(RoomId(-3)), Place::Direct("anna".into())]);
    whole((Anchor::Latest, vec![(Anchor::Before(3), false)]));
    whole(Conversation::Door {
        room: OpenRoom {
            id: RoomId(1),
            name: "Кино".into(),
            members: 2,
            joined: false,
            picture: None,
        },
    });
}

#[test]
fn what_is_unknown_is_passed_over() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Known {
        #[serde(default)]
        a: u8,
    }
    for json in [
        r#" {"b":[{"c":"]}\"","d":[ ]},1.5e3,null,true,{}],"a" : 3 } "#,
        r#"{"b":"\ud83c\udf84"}"#,
        r#"{"b":[1,]}"#,
        r#"{"b":1,}"#,
        r#"{"b" 1}"#,
        r#"{"a":1,"a":2}"#,
        r#"{"a":1}x"#,
        r#"{"b":tru}"#,
        "{",
        "",
    ] {
        agree::<Known>(json.as_bytes());
    }
    for text in [
        r#""\ud83c""#,
        r#""\ud83cx""#,
        r#""\udf84""#,
        r#""\ud83c\u0041""#,
        r#""\ud83c\udf84""#,
    ] {
        agree::<String>(text.as_bytes());
    }
    // Nobody's stack runs over.
    assert_eq!(
        read::<Known>(format!("{{\"b\":{}", "[".repeat(100_000)).as_bytes()),
        None
    );
    let nested = |depth| format!("{{\"b\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    assert!(read::<Known>(nested(100).as_bytes()).is_some());
    assert!(read::<Known>(nested(128).as_bytes()).is_none());
}
