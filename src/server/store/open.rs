//! Opening the database: made when absent, brought up to date, refused with a sentence when it
//! can't be trusted.

use super::Store;
use super::mark::Mark;
use super::writer::Writer;
use crate::server::hub::Hub;
use crate::server::sabotage::{self, Fault};
use anyhow::{Context, bail};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use std::fs::{File, TryLockError};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// Earlier versions can corrupt a database in WAL mode.
/// Source: <https://sqlite.org/wal.html#walresetbug>
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];

/// Readers beside the one writer.
const READERS: u32 = 4;

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

impl Store {
    /// Opens the database at `url` (`sqlite:PATH` or a plain path).
    ///
    /// # Errors
    /// A sentence for whoever starts the program: an SQLite that is too old, a folder that can't
    /// be written, a file that isn't a database, a database made by a newer version.
    pub async fn open(url: &str, hub: Arc<Hub>) -> anyhow::Result<Store> {
        let path = url
            .strip_prefix("sqlite://")
            .or(url.strip_prefix("sqlite:"))
            .unwrap_or(url);
        make_folder(Path::new(path))?;
        let lock = lock(path)?;
        let options = SqliteConnectOptions::from_str("sqlite:")
            .expect("a constant")
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(durability())
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(4))
            .pragma("wal_autocheckpoint", "0")
            .disable_statement_logging();
        let mut connection = SqliteConnection::connect_with(&options.clone().create_if_missing(true))
            .await
            .with_context(|| format!("The database {path} can't be opened or made. Is its folder writable, and is it an SQLite database?"))?;
        refuse_old_sqlite(&mut connection).await?;
        migrate(&mut connection, path).await?;
        checkpoint(&mut connection)
            .await
            .with_context(|| format!("The database {path} can't be written."))?;
        let mark = Mark::new(lock.clone());
        let epoch = epoch(&mut connection, &mark).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(Duration::from_secs(5))
            .connect_with(options.pragma("query_only", "1"))
            .await?;
        Ok(Store {
            readers,
            writer: Writer::start(connection, hub, mark).await?,
            epoch,
            lock,
        })
    }
}

/// Acknowledged means durable: every commit waits until the disk has it.
fn durability() -> SqliteSynchronous {
    if sabotage::on(Fault::CommitWithoutSync) {
        SqliteSynchronous::Normal
    } else {
        SqliteSynchronous::Full
    }
}

/// One server a database: another one would neither hear what this one writes nor wait its turn. The
/// lock lies beside the database and ends with the program, however that ends.
fn lock(path: &str) -> anyhow::Result<Arc<File>> {
    let beside = format!("{path}.lock");
    let open = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&beside);
    let file = open.with_context(|| {
        format!("The database {path} can't be opened or made: its folder can't be written.")
    })?;
    match file.try_lock() {
        Ok(()) => Ok(Arc::new(file)),
        Err(TryLockError::WouldBlock) => {
            bail!("Another program holds the database {path}. Is Digital messages running already?")
        }
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("The database {path} can't be locked ({beside})."))
        }
    }
}

fn make_folder(path: &Path) -> anyhow::Result<()> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
        return Ok(());
    };
    std::fs::create_dir_all(folder)
        .with_context(|| format!("The folder {} for the database can't be made.", folder.display()))
}

async fn refuse_old_sqlite(connection: &mut SqliteConnection) -> anyhow::Result<()> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()")
        .fetch_one(connection)
        .await?;
    let numbers: Vec<u32> = version
        .split('.')
        .filter_map(|number| number.parse().ok())
        .collect();
    if numbers.as_slice() < OLDEST_SQLITE.as_slice() {
        let [a, b, c] = OLDEST_SQLITE;
        bail!(
            "This program was built with SQLite {version}, which can damage a database. It needs {a}.{b}.{c} or newer."
        );
    }
    Ok(())
}

async fn migrate(connection: &mut SqliteConnection, path: &str) -> anyhow::Result<()> {
    match MIGRATIONS.run(connection).await {
        Ok(()) => Ok(()),
        Err(MigrateError::VersionMissing(version) | MigrateError::VersionTooNew(version, _)) => bail!(
            "The database {path} was made by a newer version of this program (migration {version} is unknown here). Start that version, or restore an older copy."
        ),
        Err(error) => Err(error).with_context(|| format!("The database {path} can't be brought up to date.")),
    }
}

/// Moves the write-ahead log into the database; a disk that can't take it is better known before
/// the first answer than after.
async fn checkpoint(connection: &mut SqliteConnection) -> anyhow::Result<()> {
    let (busy, _, _): (i64, i64, i64) = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)")
        .fetch_one(connection)
        .await?;
    if busy != 0 {
        bail!("Another program holds it. Is Digital messages running already?");
    }
    Ok(())
}

/// The database's own, or a new one if it is an older copy than was here last.
async fn epoch(connection: &mut SqliteConnection, mark: &Mark) -> anyhow::Result<String> {
    if let Some(mark) = mark.ahead_of(connection).await? {
        tracing::warn!("an older copy of the database was put back: browsers load anew");
        sqlx::query("DELETE FROM meta WHERE key = 'epoch'")
            .execute(&mut *connection)
            .await?;
        super::raise_ids(connection, mark).await?;
    }
    sqlx::query("INSERT INTO meta (key, value) VALUES ('epoch', $1) ON CONFLICT DO NOTHING")
        .bind(uuid::Uuid::new_v4().simple().to_string())
        .execute(&mut *connection)
        .await?;
    Ok(sqlx::query_scalar("SELECT value FROM meta WHERE key = 'epoch'")
        .fetch_one(connection)
        .await?)
}
