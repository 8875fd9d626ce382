//! Reading.

use super::Unexpected;
use serde::de::{self, DeserializeSeed, IntoDeserializer, Visitor};
use std::borrow::Cow;

/// How deep lists and objects may lie in each other.
const DEPTH_MOST: u8 = 127;

type Read<T> = Result<T, Unexpected>;

pub(super) struct Reader<'a> {
    rest: &'a str,
    depth: u8,
}

impl<'a> Reader<'a> {
    pub(super) fn new(rest: &'a str) -> Self {
        Self { rest, depth: 0 }
    }

    pub(super) fn is_at_end(&mut self) -> bool {
        self.peek().is_none()
    }

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
