//! All SQL. Rows of the database never leave this folder: what goes out are the shared types.
//!
//! One writer, a few readers. SQL is plain and `$1`-style, so that another database can follow.

pub mod blocks;
pub mod client_ids;
pub mod drafts;
pub mod history;
pub mod invitations;
pub mod list;
pub mod mark;
pub mod memberships;
pub mod messages;
pub mod open;
pub mod own;
pub mod pictures;
pub mod presence;
pub mod reactions;
pub mod receipts;
pub mod rooms;
pub mod scheduled;
pub mod users;
pub mod writer;

use crate::shared::live::Epoch;
use crate::shared::refusal::Refusal;
use sqlx::sqlite::SqlitePool;
use sqlx::{Sqlite, Transaction};
use std::fs::File;
use std::sync::Arc;

pub use sqlx::SqliteConnection as Connection;

/// What the verbs read from and write to.
#[derive(Clone)]
pub struct Store {
    readers: SqlitePool,
    pub writer: writer::Writer,
    pub epoch: Epoch,
    /// Held for as long as the database is open.
    lock: Arc<File>,
}

impl Store {
    /// A snapshot: everything read through it is of one moment.
    pub async fn snapshot(&self) -> Result<Transaction<'static, Sqlite>, Refusal> {
        self.readers.begin().await.map_err(unavailable)
    }

    /// Lets the writer finish what it has, then closes every file. Whoever still holds the store holds nothing of the
    /// database.
    pub async fn close(&self) {
        self.writer.close().await;
        self.readers.close().await;
        if let Err(error) = self.lock.unlock() {
            tracing::warn!(%error, "the database stays locked until the program ends");
        }
    }
}

/// The id of a new row in a table: above all that are there and, where an older copy was put back, above those that
/// the lost ones can have had. A browser may hold messages for a room that is gone, and they are for nobody else.
async fn next_id(tx: &mut Connection, table: &'static str) -> Result<i64, Refusal> {
    let highest = format!(
        "SELECT MAX(COALESCE((SELECT MAX(id) FROM {table}), 0),
                    COALESCE((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'highest_id'), 0))"
    );
    let highest: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(highest))
        .fetch_one(tx)
        .await
        .map_err(unavailable)?;
    Ok(highest + 1)
}

/// No id up to this one is given from here on.
async fn raise_ids(connection: &mut Connection, highest: i64) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO meta (key, value) VALUES ('highest_id', $1) ON CONFLICT (key) DO UPDATE SET value = $1",
    )
    .bind(highest.to_string())
    .execute(connection)
    .await
    .map(drop)
}

/// A database that doesn't answer as it should is logged, and is 503 to whoever asked: nothing is
/// known to be lost, and trying again may help. After a failed fsync nothing that this process
/// believes of its files can be trusted: it ends without answering, and the next start reads what
/// is there.
pub fn unavailable(error: sqlx::Error) -> Refusal {
    const IOERR_FSYNC: i32 = 1_034;
    const IOERR_DIR_FSYNC: i32 = 1_290;
    tracing::error!(%error, "the database refused");
    if matches!(code(&error), Some(IOERR_FSYNC | IOERR_DIR_FSYNC)) {
        end_for("the disk did not keep what was written");
    }
    Refusal::Unavailable
}

/// SQLite's extended result code.
fn code(error: &sqlx::Error) -> Option<i32> {
    error.as_database_error()?.code()?.parse().ok()
}

/// Whether another program holds what is needed.
fn is_busy(error: &sqlx::Error) -> bool {
    const BUSY: i32 = 5;
    code(error).is_some_and(|code| code & 0xFF == BUSY)
}

/// Ends the program at once, as a power cut would: what is on the disk counts.
fn end_for(reason: &str) -> ! {
    tracing::error!("{reason}; ending");
    std::process::abort()
}
