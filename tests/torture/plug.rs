//! Pulls the plug: `power_loss.c`, compiled and put between the server and its disk.

use super::dice::Dice;
use super::server::Server;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the library has seen of a server's writing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    pub writes: u64,
    pub fsyncs: u64,
    /// Writes that no fsync had covered when the power went.
    pub taken_back: u64,
    /// Those of them that had reached the disk all the same.
    pub put_in: u64,
}

impl Seen {
    pub fn add(&mut self, more: Seen) {
        self.writes += more.writes;
        self.fsyncs += more.fsyncs;
        self.taken_back += more.taken_back;
        self.put_in += more.put_in;
    }
}

pub struct Plug {
    library: PathBuf,
    folder: PathBuf,
}

impl Plug {
    /// Compiles the library into a folder.
    pub fn new(folder: &Path) -> Plug {
        let library = folder.join("power_loss.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/torture/power_loss.c");
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o"])
            .args([&library, &source])
            .arg("-ldl")
            .status();
        assert!(compiled.expect("a C compiler").success());
        Plug {
            library,
            folder: folder.to_owned(),
        }
    }

    /// From its next start on the server's disk and clock are ours.
    pub fn insert(&self, server: &mut Server, dice: &mut Dice) {
        server.set("LD_PRELOAD", self.library.to_str().unwrap());
        server.set("TORTURE_DISK", server.database.to_str().unwrap().to_owned());
        server.set("TORTURE_SEED", (dice.below(1 << 30) + 1).to_string());
        server.set(
            "TORTURE_REPLAY",
            [0, 10, 50, 90][dice.below(4) as usize].to_string(),
        );
        for name in ["report", "clock", "room"] {
            let variable = format!("TORTURE_{}", name.to_uppercase());
            server.set(&variable, self.folder.join(name).to_str().unwrap());
        }
    }

    /// What the server saw at its last end.
    pub fn seen(&self) -> Seen {
        let text = std::fs::read_to_string(self.folder.join("report")).expect("a report");
        let numbers: Vec<u64> = text
            .split_whitespace()
            .map(|number| number.parse().unwrap())
            .collect();
        let [writes, fsyncs, taken_back, put_in] = numbers[..] else {
            panic!("{text}")
        };
        Seen {
            writes,
            fsyncs,
            taken_back,
            put_in,
        }
    }

    /// The server's clock is wrong by so many seconds, within a tenth of a second.
    pub fn set_clock(&self, seconds: i64) {
        self.replace("clock", &seconds.to_string());
    }

    /// Each of the database's files may have so many bytes.
    pub fn set_room(&self, bytes: u64) {
        self.replace("room", &bytes.to_string());
    }

    /// Whole, or not at all: the server reads it at any time.
    fn replace(&self, name: &str, text: &str) {
        let draft = self.folder.join(format!("{name}.new"));
        std::fs::write(&draft, text).unwrap();
        std::fs::rename(draft, self.folder.join(name)).unwrap();
    }
}
