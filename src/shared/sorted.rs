//! A few things in the order of their keys, each key once. A `BTreeMap` does the same and scales better, but a
//! browser loads all of its machinery anew for each type that is kept in one: 7 KB each.

use std::ops::Deref;

/// What a thing is found by.
pub trait Keyed {
    type Key: Ord;
    fn key(&self) -> Self::Key;
}

/// In the order of their keys. Reads as a slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sorted<T>(Vec<T>);

impl<T> Default for Sorted<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Deref for Sorted<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: Keyed> Sorted<T> {
    /// Where the key is, or would be. Most things are put at the end, and looked for there.
    fn place(&self, key: &T::Key) -> Result<usize, usize> {
        match self.0.last() {
            Some(last) if last.key() < *key => Err(self.0.len()),
            _ => self.0.binary_search_by(|item| item.key().cmp(key)),
        }
    }

    pub fn find(&self, key: T::Key) -> Option<&T> {
        self.place(&key).ok().map(|at| &self.0[at])
    }

    pub fn find_mut(&mut self, key: T::Key) -> Option<&mut T> {
        self.place(&key).ok().map(|at| &mut self.0[at])
    }

    /// Puts a thing in its place, instead of the one with the same key.
    pub fn put(&mut self, item: T) {
        match self.place(&item.key()) {
            Ok(at) => self.0[at] = item,
            Err(at) => self.0.insert(at, item),
        }
    }

    pub fn take(&mut self, key: T::Key) -> Option<T> {
        self.place(&key).ok().map(|at| self.0.remove(at))
    }

    /// Changes each of them; their keys stay.
    pub fn change_all(&mut self, change: impl FnMut(&mut T)) {
        self.0.iter_mut().for_each(change);
    }

    pub fn retain(&mut self, keep: impl FnMut(&T) -> bool) {
        self.0.retain(keep);
    }
}

impl<T: Keyed> FromIterator<T> for Sorted<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut sorted = Self::default();
        items.into_iter().for_each(|item| sorted.put(item));
        sorted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    impl Keyed for (u8, u16) {
        type Key = u8;

        fn key(&self) -> u8 {
            self.0
        }
    }

    proptest! {
        #[test]
        fn it_is_as_a_map(
            begun in prop::collection::vec((0..9u8, any::<u16>()), 0..9),
            then in prop::collection::vec((0..9u8, prop::option::of(any::<u16>())), 0..20),
        ) {
            let mut sorted: Sorted<(u8, u16)> = begun.iter().copied().collect();
            let mut map: BTreeMap<u8, u16> = begun.into_iter().collect();
            for (key, value) in then {
                match value {
                    Some(value) => {
                        sorted.put((key, value));
                        map.insert(key, value);
                    }
                    None => prop_assert_eq!(sorted.take(key).map(|(_, value)| value), map.remove(&key)),
                }
                prop_assert_eq!(sorted.find(key).map(|(_, value)| value), map.get(&key));
                prop_assert!(sorted.iter().map(|(key, value)| (key, value)).eq(map.iter()));
            }
        }
    }
}
