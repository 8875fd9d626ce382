//! How far the database had come, noted beside it. A database that knows less than its mark is an older copy that
//! was put back: whoever has heard of what came after must not take the new history for the old one's going on,
//! so it gets a new epoch.
//!
//! The mark may lag behind (by a second, or by what was written last before a crash), never lead: it is noted
//! after the commit.

use super::Connection;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// It is noted so often, at most.
const EVERY: Duration = Duration::from_secs(1);

/// The file that lies beside the database, which is its lock as well.
pub struct Mark {
    file: Arc<File>,
    noted_at: Option<Instant>,
}

impl Mark {
    pub fn new(file: Arc<File>) -> Mark {
        let noted_at = None;
        Mark { file, noted_at }
    }

    /// How far the database had come, if that is further than it is now. A mark that can't be read says nothing.
    ///
    /// # Errors
    /// The database's.
    pub async fn ahead_of(&self, connection: &mut Connection) -> sqlx::Result<Option<i64>> {
        let mut text = String::new();
        let mut file = &*self.file;
        let _ = file
            .seek(SeekFrom::Start(0))
            .and_then(|_| file.read_to_string(&mut text));
        let marked: i64 = text.trim().parse().unwrap_or_default();
        let progress = progress(connection).await?;
        Ok(Some(marked).filter(|marked| *marked > progress))
    }

    /// Notes how far the database has come, unless that was done a moment ago.
    pub async fn note_at_times(&mut self, connection: &mut Connection) {
        if self.noted_at.is_none_or(|at| at.elapsed() >= EVERY) {
            self.note(connection).await;
        }
    }

    /// Notes how far the database has come. Where that fails the mark lags.
    pub async fn note(&mut self, connection: &mut Connection) {
        self.noted_at = Some(Instant::now());
        if let Ok(progress) = progress(connection).await {
            // Always as long, so that nothing is left of the one before.
            let mut file = &*self.file;
            let _ = file
                .seek(SeekFrom::Start(0))
                .and_then(|_| writeln!(file, "{progress:020}"));
        }
    }
}

/// Everything that happens in a room takes its next version, so their sum only grows. Each room has one, and whoever
/// signs up joins one: no id of either is higher.
async fn progress(connection: &mut Connection) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT COALESCE(SUM(version), 0) FROM rooms")
        .fetch_one(connection)
        .await
}
