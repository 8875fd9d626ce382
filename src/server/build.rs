//! Which build of the page's files this server serves.

use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;

/// Bytes of files that a browser is told to keep, at most.
const KEPT_BYTES: usize = 16 * 1024 * 1024;

/// Where a build's files lie in the site, and the first part of their addresses.
const PKG: &str = "pkg";

/// Looked at once: a build is put in its place before the server starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Build {
    /// Another one for other bytes; nothing where there are no files.
    pub id: String,
    /// Where its files are asked for, without a slash before or after: in a folder of its own, so that whatever is at an
    /// address stays the same for ever, and a page never gets the files of another build than its own. While they
    /// change under a running server (`cargo leptos watch`) it is the one that cargo-leptos knows.
    pub folder: String,
    /// The addresses of its files, those included that no page names before it needs them.
    pub files: Vec<String>,
}

impl Build {
    /// The build in `site_root`; `watched` as [`is_watched`](super::config::is_watched).
    pub fn of(site_root: &Path, watched: bool) -> Build {
        let mut found = Vec::new();
        list(&site_root.join(PKG), "", &mut found);
        found.sort();
        let id = id(&found);
        let folder = if watched || id.is_empty() {
            PKG.to_owned()
        } else {
            format!("{PKG}/{id}")
        };
        let files = small_enough(found)
            .map(|name| format!("/{folder}{name}"))
            .collect();
        Build { id, folder, files }
    }

    /// The address of the file whose name begins like this.
    pub fn file(&self, name: &str) -> Option<String> {
        let start = format!("/{}/{name}.", self.folder);
        self.files.iter().find(|file| file.starts_with(&start)).cloned()
    }

    /// Whether what is at `address` stays the same for ever.
    pub fn is_forever(&self, address: &str) -> bool {
        let inside = address
            .strip_prefix('/')
            .and_then(|rest| rest.strip_prefix(&*self.folder));
        self.folder != PKG && inside.is_some_and(|rest| rest.starts_with('/'))
    }
}

/// A file's name, with a slash before it, and its bytes.
type Found = (String, Vec<u8>);

/// What lies beside the files and is not one of them: compressed beforehand, or for compilers to read.
const BESIDE: [&str; 3] = [".br", ".gz", ".d.ts"];

/// The files below a folder.
fn list(folder: &Path, above: &str, found: &mut Vec<Found>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = format!("{above}/{}", entry.file_name().to_string_lossy());
        let path = entry.path();
        if path.is_dir() {
            list(&path, &name, found);
        } else if !BESIDE.iter().any(|end| name.ends_with(end)) {
            found.extend(fs::read(&path).map(|bytes| (name, bytes)));
        }
    }
}

fn id(found: &[Found]) -> String {
    if found.is_empty() {
        return String::new();
    }
    let mut sum = Sha256::new();
    for (name, bytes) in found {
        sum.update(format!("{name} {}\n", bytes.len()));
        sum.update(bytes);
    }
    let sum = sum.finalize();
    sum[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn small_enough(found: Vec<Found>) -> impl Iterator<Item = String> {
    let mut left = KEPT_BYTES;
    let fits = move |(name, bytes): Found| {
        left = left.checked_sub(bytes.len())?;
        Some(name)
    };
    found.into_iter().filter_map(fits)
}
