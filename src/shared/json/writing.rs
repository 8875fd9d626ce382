//! Writing.

use super::Unexpected;
use serde::ser::{self, Serialize};
use std::fmt::Write;

type Written<T> = Result<T, Unexpected>;

pub(super) struct Writer<'a>(pub(super) &'a mut String);

/// What is written between brackets or braces, and what closes them.
pub(super) struct Opened<'a> {
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

    fn field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Written<()> {
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
        fn $method(self, value: $type) -> Written<()> {
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

    fn serialize_bool(self, value: bool) -> Written<()> {
        self.0.push_str(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_f32(self, _: f32) -> Written<()> {
        Err(Unexpected)
    }

    fn serialize_f64(self, _: f64) -> Written<()> {
        Err(Unexpected)
    }

    fn serialize_char(self, value: char) -> Written<()> {
        quote(self.0, value.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_str(self, value: &str) -> Written<()> {
        quote(self.0, value);
        Ok(())
    }

    fn serialize_bytes(self, _: &[u8]) -> Written<()> {
        Err(Unexpected)
    }

    fn serialize_none(self) -> Written<()> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Written<()> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Written<()> {
        self.0.push_str("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Written<()> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Written<()> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Written<()> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Written<()> {
        let writer = self.variant(variant);
        value.serialize(Writer(writer.0))?;
        writer.0.push('}');
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Written<Opened<'a>> {
        Ok(self.open('[', "]"))
    }

    fn serialize_tuple(self, _: usize) -> Written<Opened<'a>> {
        Ok(self.open('[', "]"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Written<Opened<'a>> {
        Ok(self.open('[', "]"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Written<Opened<'a>> {
        Ok(self.variant(variant).open('[', "]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Written<Self::SerializeMap> {
        Err(Unexpected)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Written<Opened<'a>> {
        Ok(self.open('{', "}"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Written<Opened<'a>> {
        Ok(self.variant(variant).open('{', "}}"))
    }
}

macro_rules! lists {
    ($($list:ident $method:ident,)*) => {$(
        impl ser::$list for Opened<'_> {
            type Ok = ();
            type Error = Unexpected;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Written<()> {
                value.serialize(self.next())
            }

            fn end(self) -> Written<()> {
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

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Written<()> {
                self.field(name, value)
            }

            fn end(self) -> Written<()> {
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
