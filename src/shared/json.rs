//! JSON as a browser reads and writes it. `serde_json` does the same and says what is wrong and where; for that a
//! browser would load its tables for fractions and a second reader of each type (from a list instead of an
//! object): 40 KB. The server, which hears strangers, reads with `serde_json`.
//!
//! Numbers are whole here, and types that have to look at what comes before they know what they are (untagged,
//! flattened) can't be read.

use serde::de::{self, DeserializeOwned, DeserializeSeed, IntoDeserializer, Visitor};
use serde::ser::{self, Serialize};
use std::borrow::Cow;
use std::fmt::{self, Display, Write};

/// How deep lists and objects may lie in each other.
const DEPTH_MOST: u8 = 127;

/// Reads a value; nothing, if it is something else.
pub fn read<T: DeserializeOwned>(json: &[u8]) -> Option<T> {
    let mut reader = Reader {
        rest: std::str::from_utf8(json).ok()?,
        depth: 0,
    };
    let value = T::deserialize(&mut reader).ok()?;
    reader.peek().is_none().then_some(value)
}

/// Writes a value; nothing, if it isn't plain data.
pub fn write<T: Serialize + ?Sized>(value: &T) -> Option<String> {
    let mut json = String::new();
    value.serialize(Writer(&mut json)).ok()?;
    Some(json)
}

/// It isn't what was expected. What and where, nobody would read in a browser.
#[derive(Debug)]
struct Unexpected;

impl Display for Unexpected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unexpected")
    }
}

impl std::error::Error for Unexpected {}

impl de::Error for Unexpected {
    fn custom<T: Display>(_: T) -> Self {
        Unexpected
    }
}

impl ser::Error for Unexpected {
    fn custom<T: Display>(_: T) -> Self {
        Unexpected
    }
}

type Read<T> = Result<T, Unexpected>;

struct Reader<'a> {
    rest: &'a str,
    depth: u8,
}

impl<'a> Reader<'a> {
    /// The next byte that isn't space.
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.rest.bytes();
        let space = bytes.take_while(|byte| matches!(byte, b' ' | b'\n' | b'\t' | b'\r'));
        self.skip(space.count());
        self.rest.bytes().next()
    }

    fn skip(&mut self, bytes: usize) -> &'a str {
        let (skipped, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        skipped
    }

    /// Whether that sign is next; then it is taken.
    fn takes(&mut self, sign: u8) -> bool {
        let is_next = self.peek() == Some(sign);
        if is_next {
            self.skip(1);
        }
        is_next
    }

    fn expect(&mut self, sign: u8) -> Read<()> {
        if self.takes(sign) { Ok(()) } else { Err(Unexpected) }
    }

    /// `null`, `true`, `false`, or a number.
    fn word(&mut self) -> &'a str {
        self.peek();
        let bytes = self.rest.bytes();
        let word =
            bytes.take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.'));
        self.skip(word.count())
    }

    fn is_null(&mut self) -> bool {
        let is_null = self.peek() == Some(b'n');
        is_null && self.word() == "null"
    }

    fn null(&mut self) -> Read<()> {
        if self.is_null() { Ok(()) } else { Err(Unexpected) }
    }

    fn bool(&mut self) -> Read<bool> {
        match self.word() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(Unexpected),
        }
    }

    /// The digits of a whole number, and whether it is below zero.
    fn number(&mut self) -> Read<(bool, u64)> {
        let word = self.word();
        let digits = word.strip_prefix('-').unwrap_or(word).as_bytes();
        if digits.is_empty() || (digits[0] == b'0' && digits.len() > 1) {
            return Err(Unexpected);
        }
        let mut number = 0u64;
        for digit in digits {
            let digit = digit.wrapping_sub(b'0');
            if digit > 9 {
                return Err(Unexpected);
            }
            let next = number.checked_mul(10).ok_or(Unexpected)?;
            number = next.checked_add(digit.into()).ok_or(Unexpected)?;
        }
        let below = digits.len() < word.len();
        // `-0` is a fraction's.
        if below && number == 0 {
            Err(Unexpected)
        } else {
            Ok((below, number))
        }
    }

    fn signed(&mut self) -> Read<i64> {
        let (below, number) = self.number()?;
        let number = if below {
            0i64.checked_sub_unsigned(number)
        } else {
            number.try_into().ok()
        };
        number.ok_or(Unexpected)
    }

    fn unsigned(&mut self) -> Read<u64> {
        match self.number()? {
            (true, _) => Err(Unexpected),
            (false, number) => Ok(number),
        }
    }

    fn text(&mut self) -> Read<Cow<'a, str>> {
        self.expect(b'"')?;
        let plain = self.plain();
        if self.rest.starts_with('"') {
            self.skip(1);
            return Ok(plain.into());
        }
        let mut text = plain.to_owned();
        while self.rest.starts_with('\\') {
            self.skip(1);
            text.push(self.escaped()?);
            text.push_str(self.plain());
        }
        // No space may go here.
        if self.rest.starts_with('"') {
            self.skip(1);
            return Ok(text.into());
        }
        Err(Unexpected)
    }

    /// Up to a quote, a backslash or a sign that may not stand in a text.
    fn plain(&mut self) -> &'a str {
        let bytes = self.rest.bytes();
        let plain = bytes.take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20));
        self.skip(plain.count())
    }

    /// What follows a backslash.
    fn escaped(&mut self) -> Read<char> {
        let sign = self.rest.bytes().next().filter(u8::is_ascii).ok_or(Unexpected)?;
        self.skip(1);
        Ok(match sign {
            b'"' | b'\\' | b'/' => sign.into(),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.by_number(),
            _ => return Err(Unexpected),
        })
    }

    /// `0431`, or of the higher planes `d83d\ude00`.
    fn by_number(&mut self) -> Read<char> {
        let mut code = self.four_digits()?;
        if code & 0xfc00 == 0xd800 && self.rest.starts_with("\\u") {
            self.skip(2);
            let low = self.four_digits()?;
            if low & 0xfc00 != 0xdc00 {
                return Err(Unexpected);
            }
            code = 0x10000 + ((code & 0x3ff) << 10 | (low & 0x3ff));
        }
        char::from_u32(code).ok_or(Unexpected)
    }

    fn four_digits(&mut self) -> Read<u32> {
        let digits = self.rest.get(..4).ok_or(Unexpected)?;
        let mut code = 0;
        for digit in digits.chars() {
            code = code << 4 | digit.to_digit(16).ok_or(Unexpected)?;
        }
        self.skip(4);
        Ok(code)
    }

    fn deeper(&mut self) -> Read<()> {
        self.depth += 1;
        if self.depth > DEPTH_MOST {
            Err(Unexpected)
        } else {
            Ok(())
        }
    }

    /// Reads over a value.
    fn ignore(&mut self) -> Read<()> {
        match self.peek() {
            Some(b'"') => self.text().map(drop),
            Some(b'[') => {
                let mut items = Items::begin(self, b'[')?;
                while items.is_next(b']')? {
                    items.reader.ignore()?;
                }
                items.end(b']')
            }
            Some(b'{') => {
                let mut items = Items::begin(self, b'{')?;
                while items.is_next(b'}')? {
                    items.reader.text()?;
                    items.reader.expect(b':')?;
                    items.reader.ignore()?;
                }
                items.end(b'}')
            }
            Some(b't' | b'f') => self.bool().map(drop),
            Some(b'n') => self.null(),
            // Its digits are nobody's matter.
            _ if self.word().bytes().any(|byte| byte.is_ascii_digit()) => Ok(()),
            _ => Err(Unexpected),
        }
    }
}

/// What lies between brackets or braces.
struct Items<'r, 'a> {
    reader: &'r mut Reader<'a>,
    first: bool,
}

impl<'r, 'a> Items<'r, 'a> {
    fn begin(reader: &'r mut Reader<'a>, sign: u8) -> Read<Self> {
        reader.expect(sign)?;
        reader.deeper()?;
        Ok(Self { reader, first: true })
    }

    /// Whether there is one more; what stands before it is taken.
    fn is_next(&mut self, end: u8) -> Read<bool> {
        let ends = self.reader.peek() == Some(end);
        if !ends && !self.first {
            self.reader.expect(b',')?;
        }
        self.first = false;
        Ok(!ends)
    }

    fn end(self, sign: u8) -> Read<()> {
        self.reader.depth -= 1;
        self.reader.expect(sign)
    }
}

macro_rules! numbers {
    ($($method:ident $read:ident $visit:ident,)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
            visitor.$visit(self.$read()?)
        }
    )*};
}

macro_rules! as_another {
    ($($method:ident($($argument:ty),*) $other:ident,)*) => {$(
        fn $method<V: Visitor<'de>>(self, $(_: $argument,)* visitor: V) -> Read<V::Value> {
            self.$other(visitor)
        }
    )*};
}

impl<'de> de::Deserializer<'de> for &mut Reader<'de> {
    type Error = Unexpected;

    numbers! {
        deserialize_bool bool visit_bool,
        deserialize_i8 signed visit_i64,
        deserialize_i16 signed visit_i64,
        deserialize_i32 signed visit_i64,
        deserialize_i64 signed visit_i64,
        deserialize_u8 unsigned visit_u64,
        deserialize_u16 unsigned visit_u64,
        deserialize_u32 unsigned visit_u64,
        deserialize_u64 unsigned visit_u64,
    }

    as_another! {
        deserialize_any() deserialize_f64,
        deserialize_f32() deserialize_f64,
        deserialize_bytes() deserialize_f64,
        deserialize_byte_buf() deserialize_f64,
        deserialize_char() deserialize_str,
        deserialize_string() deserialize_str,
        deserialize_identifier() deserialize_str,
        deserialize_unit_struct(&'static str) deserialize_unit,
        deserialize_tuple(usize) deserialize_seq,
        deserialize_tuple_struct(&'static str, usize) deserialize_seq,
        deserialize_struct(&'static str, &'static [&'static str]) deserialize_map,
    }

    fn deserialize_f64<V: Visitor<'de>>(self, _: V) -> Read<V::Value> {
        Err(Unexpected)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_str(&self.text()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        if self.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.null()?;
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Read<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        let mut items = Items::begin(self, b'[')?;
        let value = visitor.visit_seq(&mut items)?;
        items.end(b']')?;
        Ok(value)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        let mut items = Items::begin(self, b'{')?;
        let value = visitor.visit_map(&mut items)?;
        items.end(b'}')?;
        Ok(value)
    }

    /// `"bare"`, or `{"with":…}`.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        if self.peek() == Some(b'"') {
            let name = self.text()?;
            return visitor.visit_enum((&*name).into_deserializer());
        }
        let mut items = Items::begin(self, b'{')?;
        let value = visitor.visit_enum(&mut items)?;
        items.end(b'}')?;
        Ok(value)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.ignore()?;
        visitor.visit_unit()
    }
}

impl<'de> de::SeqAccess<'de> for &mut Items<'_, 'de> {
    type Error = Unexpected;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Read<Option<T::Value>> {
        if self.is_next(b']')? {
            seed.deserialize(&mut *self.reader).map(Some)
        } else {
            Ok(None)
        }
    }
}

impl<'de> de::MapAccess<'de> for &mut Items<'_, 'de> {
    type Error = Unexpected;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Read<Option<K::Value>> {
        if self.is_next(b'}')? {
            seed.deserialize(&mut *self.reader).map(Some)
        } else {
            Ok(None)
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Read<V::Value> {
        self.reader.expect(b':')?;
        seed.deserialize(&mut *self.reader)
    }
}

impl<'de> de::EnumAccess<'de> for &mut Items<'_, 'de> {
    type Error = Unexpected;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Read<(V::Value, Self)> {
        let variant = seed.deserialize(&mut *self.reader)?;
        self.reader.expect(b':')?;
        Ok((variant, self))
    }
}

impl<'de> de::VariantAccess<'de> for &mut Items<'_, 'de> {
    type Error = Unexpected;

    fn unit_variant(self) -> Read<()> {
        self.reader.null()
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Read<T::Value> {
        seed.deserialize(&mut *self.reader)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Read<V::Value> {
        de::Deserializer::deserialize_seq(&mut *self.reader, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Read<V::Value> {
        de::Deserializer::deserialize_map(&mut *self.reader, visitor)
    }
}

struct Writer<'a>(&'a mut String);

/// What is written between brackets or braces, and what closes them.
struct Opened<'a> {
    json: &'a mut String,
    first: bool,
    end: &'static str,
}

impl<'a> Writer<'a> {
    fn open(self, sign: char, end: &'static str) -> Opened<'a> {
        self.0.push(sign);
        Opened {
            json: self.0,
            first: true,
            end,
        }
    }

    /// `{"variant":`
    fn variant(self, variant: &str) -> Self {
        self.0.push('{');
        quote(self.0, variant);
        self.0.push(':');
        self
    }
}

impl Opened<'_> {
    fn next(&mut self) -> Writer<'_> {
        if !self.first {
            self.json.push(',');
        }
        self.first = false;
        Writer(self.json)
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Read<()> {
        let writer = self.next();
        quote(writer.0, name);
        writer.0.push(':');
        value.serialize(writer)
    }

    fn close(self) {
        self.json.push_str(self.end);
    }
}

fn quote(json: &mut String, text: &str) {
    json.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => json.extend(['\\', c]),
            '\n' => json.push_str("\\n"),
            '\0'..' ' => _ = write!(json, "\\u{:04x}", u32::from(c)),
            _ => json.push(c),
        }
    }
    json.push('"');
}

macro_rules! written {
    ($($method:ident $type:ty,)*) => {$(
        fn $method(self, value: $type) -> Read<()> {
            self.0.push_str(&value.to_string());
            Ok(())
        }
    )*};
}

impl<'a> ser::Serializer for Writer<'a> {
    type Ok = ();
    type Error = Unexpected;
    type SerializeSeq = Opened<'a>;
    type SerializeTuple = Opened<'a>;
    type SerializeTupleStruct = Opened<'a>;
    type SerializeTupleVariant = Opened<'a>;
    type SerializeMap = ser::Impossible<(), Unexpected>;
    type SerializeStruct = Opened<'a>;
    type SerializeStructVariant = Opened<'a>;

    written! {
        serialize_i8 i8,
        serialize_i16 i16,
        serialize_i32 i32,
        serialize_i64 i64,
        serialize_u8 u8,
        serialize_u16 u16,
        serialize_u32 u32,
        serialize_u64 u64,
    }

    fn serialize_bool(self, value: bool) -> Read<()> {
        self.0.push_str(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_f32(self, _: f32) -> Read<()> {
        Err(Unexpected)
    }

    fn serialize_f64(self, _: f64) -> Read<()> {
        Err(Unexpected)
    }

    fn serialize_char(self, value: char) -> Read<()> {
        quote(self.0, value.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_str(self, value: &str) -> Read<()> {
        quote(self.0, value);
        Ok(())
    }

    fn serialize_bytes(self, _: &[u8]) -> Read<()> {
        Err(Unexpected)
    }

    fn serialize_none(self) -> Read<()> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Read<()> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Read<()> {
        self.0.push_str("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Read<()> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Read<()> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Read<()> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Read<()> {
        let writer = self.variant(variant);
        value.serialize(Writer(writer.0))?;
        writer.0.push('}');
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Read<Opened<'a>> {
        Ok(self.open('[', "]"))
    }

    fn serialize_tuple(self, _: usize) -> Read<Opened<'a>> {
        Ok(self.open('[', "]"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Read<Opened<'a>> {
        Ok(self.open('[', "]"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Read<Opened<'a>> {
        Ok(self.variant(variant).open('[', "]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Read<Self::SerializeMap> {
        Err(Unexpected)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Read<Opened<'a>> {
        Ok(self.open('{', "}"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Read<Opened<'a>> {
        Ok(self.variant(variant).open('{', "}}"))
    }
}

macro_rules! lists {
    ($($list:ident $method:ident,)*) => {$(
        impl ser::$list for Opened<'_> {
            type Ok = ();
            type Error = Unexpected;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Read<()> {
                value.serialize(self.next())
            }

            fn end(self) -> Read<()> {
                self.close();
                Ok(())
            }
        }
    )*};
}

lists! {
    SerializeSeq serialize_element,
    SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field,
}

macro_rules! objects {
    ($($object:ident,)*) => {$(
        impl ser::$object for Opened<'_> {
            type Ok = ();
            type Error = Unexpected;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Read<()> {
                self.field(name, value)
            }

            fn end(self) -> Read<()> {
                self.close();
                Ok(())
            }
        }
    )*};
}

objects! {
    SerializeStruct,
    SerializeStructVariant,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::ids::{ClientId, RoomId, UserId};
    use crate::shared::live::{Anchor, Changes, Conversation, Page, Row, ToBrowser};
    use crate::shared::message::{Block, Inline, Message};
    use crate::shared::refusal::Refusal;
    use crate::shared::room::{OpenRoom, Place, Room, RoomKind};
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
                text: text.clone(),
                blocks: vec![
                    Block::Code(text),
                    Block::List {
                        start,
                        items: vec![vec![Block::Paragraph(line)], vec![]],
                    },
                ],
            }
        })
    }

    fn news() -> impl Strategy<Value = ToBrowser> {
        let room = |name: String| Room {
            id: RoomId(7),
            kind: RoomKind::Invited,
            name,
            version: 9,
        };
        prop_oneof![
            (messages(), any::<String>()).prop_map(move |(message, name)| ToBrowser::Changes(Changes {
                room: RoomId(1),
                after: -1,
                through: i64::MAX,
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
}
