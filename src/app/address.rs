//! The addresses of pages. The router's own patterns are a type each, and a browser would load the matching anew for
//! every one.

use leptos_router::{PartialPathMatch, PathSegment, PossibleRouteMatch};

/// An address, segment by segment: `rooms` stands for itself, `:id` for anything, which becomes the parameter `id`,
/// `:form?` for the same or nothing, `@handle` for what begins with an `@`, and `*` for all that is left.
#[derive(Clone, Copy, Debug)]
pub struct At(pub &'static str);

impl PossibleRouteMatch for At {
    fn optional(&self) -> bool {
        false
    }

    fn test<'a>(&self, path: &'a str) -> Option<PartialPathMatch<'a>> {
        let mut there = path.strip_prefix('/').unwrap_or(path).split('/');
        let mut params = Vec::new();
        for segment in self.0.split_terminator('/') {
            let value = there.next().unwrap_or_default();
            let name = match segment.as_bytes()[0] {
                b'*' => return Some(PartialPathMatch::new("", params, path)),
                b':' => segment[1..].trim_end_matches('?'),
                b'@' if value.starts_with('@') || value.starts_with("%40") => &segment[1..],
                _ if value == segment => continue,
                _ => return None,
            };
            match value {
                "" if segment.ends_with('?') => {}
                "" => return None,
                value => params.push((name.into(), value.to_owned())),
            }
        }
        // A slash may stand at the end.
        let ends = there.next().unwrap_or_default().is_empty() && there.next().is_none();
        ends.then(|| PartialPathMatch::new("", params, path))
    }

    fn generate_path(&self, path: &mut Vec<PathSegment>) {
        path.push(PathSegment::Static(self.0.into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(pattern: &'static str, path: &str) -> Option<Vec<String>> {
        let params = At(pattern).test(path)?.params();
        Some(
            params
                .into_iter()
                .map(|(name, value)| [&name, "=", &value].concat())
                .collect(),
        )
    }

    #[test]
    fn an_address_is_its_page_and_no_other() {
        let nothing = Some(vec![]);
        for (pattern, path) in [
            ("", "/"),
            ("", ""),
            ("rooms", "/rooms"),
            ("rooms", "/rooms/"),
            ("rooms/new", "/rooms/new"),
        ] {
            assert_eq!(params(pattern, path), nothing, "{pattern} {path}");
        }
        for (pattern, path) in [
            ("", "/rooms"),
            ("rooms", "/"),
            ("rooms", "/rooms/1"),
            ("rooms", "/rooms//"),
            ("rooms", "//rooms"),
            ("rooms/new", "/rooms"),
            ("rooms/:id", "/rooms/"),
            ("rooms/:id", "/rooms/1/2"),
            ("@handle", "/anna"),
        ] {
            assert_eq!(params(pattern, path), None, "{pattern} {path}");
        }
        assert_eq!(params("*", "/a/b"), nothing);
    }

    #[test]
    fn what_stands_in_it_is_taken_out() {
        let some = |params: &[&str]| Some(params.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(params("rooms/:id/:form?", "/rooms/7"), some(&["id=7"]));
        assert_eq!(params("rooms/:id/:form?", "/rooms/7/"), some(&["id=7"]));
        assert_eq!(
            params("rooms/:id/:form?", "/rooms/7/join"),
            some(&["id=7", "form=join"])
        );
        assert_eq!(params("rooms/:id/:form?", "/rooms/7/join/x"), None);
        assert_eq!(params("@handle", "/@anna"), some(&["handle=@anna"]));
        assert_eq!(params("@handle", "/%40anna/"), some(&["handle=%40anna"]));
    }
}
