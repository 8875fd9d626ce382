//! Values in the query of an address, as forms write them. (The router's own map decodes each value twice: an
//! address within the address doesn't outlive that.)

/// The first value of that name.
pub fn value(query: &str, name: &str) -> Option<String> {
    let mut pairs = query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs
        .find(|(known, _)| *known == name)
        .map(|(_, value)| decoded(value))
}

/// Without its percents and pluses.
pub fn decoded(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let [first, after @ ..] = rest {
        let (byte, after) = match (first, escaped(after)) {
            (b'%', Some((byte, after))) => (byte, after),
            (b'+', _) => (b' ', after),
            (byte, _) => (*byte, after),
        };
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Two hexadecimal digits, and what comes after them.
fn escaped(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let (high, low) = (digit(*bytes.first()?)?, digit(*bytes.get(1)?)?);
    Some((high << 4 | low, &bytes[2..]))
}

fn digit(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn a_value_is_decoded_once() {
        let query =
            "title=&text=%D0%B4%D0%B0+%2B+1%0A&url=https://a.example/?q=a%2520b%26c&odd=100%&bad=%FF%4";
        for (name, text) in [
            ("title", Some("")),
            ("text", Some("да + 1\n")),
            ("url", Some("https://a.example/?q=a%20b&c")),
            ("odd", Some("100%")),
            ("bad", Some("\u{fffd}%4")),
            ("nothing", None),
        ] {
            assert_eq!(value(query, name).as_deref(), text);
        }
    }
}
