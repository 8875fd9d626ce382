//! Which build of the page's files this server serves.

use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;

/// Bytes of files that a browser is told to keep, at most.
const KEPT_BYTES: u64 = 16 * 1024 * 1024;

/// Looked at once: a build is put in its place before the server starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Build {
    /// Another one for other files; nothing where there are none.
    pub id: String,
    /// The addresses of its files, those included that no page names before it needs them.
    pub files: Vec<String>,
}

impl Build {
    /// The build in `site_root`.
    pub fn of(site_root: &Path) -> Build {
        let mut found = Vec::new();
        list(&site_root.join("pkg"), "/pkg", &mut found);
        found.sort();
        if found.is_empty() {
            return Build::default();
        }
        // Names bear hashes of what is in the files, nearly all of them; lengths tell of the rest.
        let mut sum = Sha256::new();
        for (address, bytes) in &found {
            sum.update(format!("{address} {bytes}\n"));
        }
        let sum = sum.finalize();
        Build {
            id: sum[..8].iter().map(|byte| format!("{byte:02x}")).collect(),
            files: small_enough(found),
        }
    }
}

/// The files below a folder, with their lengths. What is compressed beforehand is not a file of its own.
fn list(folder: &Path, address: &str, found: &mut Vec<(String, u64)>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(about) = entry.metadata() else { continue };
        let name = entry.file_name();
        let address = format!("{address}/{}", name.to_string_lossy());
        if about.is_dir() {
            list(&entry.path(), &address, found);
        } else if ![".br", ".gz"].iter().any(|end| address.ends_with(end)) {
            found.push((address, about.len()));
        }
    }
}

fn small_enough(found: Vec<(String, u64)>) -> Vec<String> {
    let mut left = KEPT_BYTES;
    let fits = |(_, bytes): &(String, u64)| {
        let rest = left.checked_sub(*bytes);
        left = rest.unwrap_or(left);
        rest.is_some()
    };
    found
        .into_iter()
        .filter(fits)
        .map(|(address, _)| address)
        .collect()
}
