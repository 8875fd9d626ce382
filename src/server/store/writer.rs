//! The one writer: takes what waits, runs it in one transaction with a savepoint each, commits,
//! publishes in the order of versions, then answers.
//!
//! Whoever is not answered gets 503: a job that is dropped says so by itself. So all that can go
//! wrong with a whole batch is handled by letting go of it.

use super::mark::Mark;
use super::{Connection, end_for, is_busy, unavailable};
use crate::server::hub::{Hub, News};
use crate::server::sabotage::{self, Fault};
use crate::shared::refusal::Refusal;
use futures::FutureExt;
use futures::future::BoxFuture;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Notify, mpsc, oneshot, watch};

/// Jobs in one transaction, at most.
const BATCH: usize = 128;
/// Jobs that may wait. Past it: 503, and the client tries again.
const QUEUE: usize = 1_024;
/// How long a job waits for another program to let go of the database: 503 comes within 5 s, also
/// to the last in a full queue.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long SQLite itself waits, for another writer or for readers of an old snapshot. Short: nobody
/// is written for meanwhile.
const SQLITE_WAITS: &str = "PRAGMA busy_timeout = 100";
/// Pages by which the log grows until it is moved into the database.
const LOG_GROWN: i64 = 1_000;
/// Pages (16 MiB) past which readers are waited for, so that the log begins anew.
const LOG_LARGE: i64 = 4_096;

/// What a job hands back: its value, and what others are told of it once it is committed.
pub type Written<T> = Result<(T, Vec<News>), Refusal>;

type Work = Box<dyn for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Ran> + Send>;

/// Something to be written, and since when it waits.
struct Job {
    since: Instant,
    work: Work,
}

/// A job that has run inside its savepoint.
struct Ran {
    /// Why nothing of it stands, if so.
    refused: Option<Refusal>,
    news: Vec<News>,
    /// Called once it is committed, and only then.
    answer: Box<dyn FnOnce() + Send>,
}

/// The door to the writer.
#[derive(Clone)]
pub struct Writer {
    jobs: mpsc::Sender<Job>,
    stopped: watch::Receiver<bool>,
    closing: Arc<Notify>,
}

impl Writer {
    /// Starts the task that owns the writing connection.
    ///
    /// # Errors
    /// The connection's own.
    pub async fn start(mut connection: Connection, hub: Arc<Hub>, mut mark: Mark) -> sqlx::Result<Writer> {
        sqlx::query(SQLITE_WAITS).execute(&mut connection).await?;
        mark.note(&mut connection).await;
        let (jobs, waiting) = mpsc::channel(QUEUE);
        let (stop, stopped) = watch::channel(false);
        let closing = Arc::new(Notify::new());
        let task = Task {
            connection,
            hub,
            mark,
            left: 0,
        };
        let running = AssertUnwindSafe(task.run(waiting, closing.clone())).catch_unwind();
        tokio::spawn(async move {
            if running.await.is_err() {
                // Without its writer this would answer 503 for ever.
                end_for("the writer has failed");
            }
            let _ = stop.send(true);
        });
        Ok(Writer {
            jobs,
            stopped,
            closing,
        })
    }

    /// Runs `work` inside the next transaction and answers once that is on the disk. A caller who
    /// goes away changes nothing: the work is done and told all the same.
    ///
    /// # Errors
    /// What `work` refused (then nothing of it stands); `Unavailable`: not done, or not known;
    /// `Broken`: it panicked.
    pub async fn write<T, F>(&self, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Written<T>> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let work: Work = Box::new(move |connection| {
            Box::pin(async move {
                // One job's fault is not the others'.
                let done = AssertUnwindSafe(async { work(connection).await }).catch_unwind();
                let (value, news) = match done.await.unwrap_or(Err(Refusal::Broken)) {
                    Ok((value, news)) => (Ok(value), news),
                    Err(refusal) => (Err(refusal), Vec::new()),
                };
                Ran {
                    refused: value.as_ref().err().cloned(),
                    news,
                    answer: Box::new(move || drop(reply.send(value))),
                }
            })
        });
        let since = Instant::now();
        self.jobs
            .try_send(Job { since, work })
            .map_err(|_| Refusal::Unavailable)?;
        answer.await.unwrap_or(Err(Refusal::Unavailable))
    }

    /// Waits until everything that was taken is written, and the connection is closed.
    pub async fn close(&self) {
        self.closing.notify_one();
        let _ = self.stopped.clone().wait_for(|stopped| *stopped).await;
    }
}

struct Task {
    connection: Connection,
    hub: Arc<Hub>,
    mark: Mark,
    /// Pages of the log that the last checkpoint had to leave, because somebody still reads before them.
    left: i64,
}

impl Task {
    async fn run(mut self, mut waiting: mpsc::Receiver<Job>, closing: Arc<Notify>) {
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            tokio::select! {
                // Closing first, or those who never stop writing would put it off.
                biased;
                () = closing.notified() => waiting.close(),
                taken = waiting.recv_many(&mut batch, BATCH) => {
                    if taken == 0 { break }
                    self.transact(&mut batch).await;
                }
            }
        }
        self.mark.note(&mut self.connection).await;
        self.checkpoint(Mode::Truncate).await;
        let _ = sqlx::Connection::close(self.connection).await;
    }

    /// One transaction for the whole batch. Publishes, then answers: whoever reads an answer can
    /// rely on the others being told.
    async fn transact(&mut self, batch: &mut Vec<Job>) {
        if !self.begin(batch).await {
            return;
        }
        let Ok(ran) = self.run_and_commit(batch).await else {
            // The transaction is gone already, as after a full disk, or goes now.
            let _ = sqlx::query("ROLLBACK").execute(&mut self.connection).await;
            batch.clear();
            self.make_room().await;
            return;
        };
        let failed = ran.iter().any(|ran| ran.refused == Some(Refusal::Unavailable));
        self.tell(ran);
        if failed {
            self.make_room().await;
        } else {
            self.mark.note_at_times(&mut self.connection).await;
            self.tidy().await;
        }
    }

    fn tell(&self, mut ran: Vec<Ran>) {
        for news in ran.iter_mut().flat_map(|ran| ran.news.drain(..)) {
            self.hub.publish(news);
        }
        ran.into_iter().for_each(|ran| (ran.answer)());
    }

    /// Whether the transaction has begun. Waits while another program writes; whoever has waited
    /// for too long meanwhile is let go.
    async fn begin(&mut self, batch: &mut Vec<Job>) -> bool {
        while let Err(error) = sqlx::query("BEGIN IMMEDIATE").execute(&mut self.connection).await {
            let busy = is_busy(&error);
            batch.retain(|job| busy && job.since.elapsed() < PATIENCE);
            if batch.is_empty() {
                failure(error);
                // One that could not be taken back before must not stand in the way for ever.
                let _ = sqlx::query("ROLLBACK").execute(&mut self.connection).await;
                return false;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        true
    }

    /// # Errors
    /// The whole transaction is lost. A COMMIT that fails may have happened all the same: the
    /// client's own id settles it when it tries again.
    async fn run_and_commit(&mut self, batch: &mut Vec<Job>) -> Result<Vec<Ran>, Refusal> {
        let mut ran = Vec::with_capacity(batch.len());
        for job in batch.drain(..) {
            ran.push(self.in_savepoint(job).await?);
        }
        if sabotage::on(Fault::AnswerBeforeCommit) {
            self.tell(std::mem::take(&mut ran));
            tokio::time::sleep(sabotage::AHEAD).await;
        }
        self.execute("COMMIT").await?;
        Ok(ran)
    }

    /// Runs a job so that its failure takes back its own changes alone.
    ///
    /// # Errors
    /// The savepoint isn't there to go back to: some errors, a full disk's for one, end the whole
    /// transaction, and the savepoint with it.
    async fn in_savepoint(&mut self, job: Job) -> Result<Ran, Refusal> {
        self.execute("SAVEPOINT job").await?;
        let ran = (job.work)(&mut self.connection).await;
        if ran.refused.is_some() {
            self.execute("ROLLBACK TO job").await?;
        }
        self.execute("RELEASE job").await?;
        Ok(ran)
    }

    async fn execute(&mut self, sql: &'static str) -> Result<(), Refusal> {
        let done = sqlx::query(sql).execute(&mut self.connection).await;
        done.map(drop).map_err(failure)
    }

    /// Moves the log into the database when it has grown. Without waiting for anybody, as long as
    /// that is enough: the log begins anew when all of it is moved and nobody reads in it. Readers
    /// who overlap never leave such a moment, so past a size they are waited for.
    async fn tidy(&mut self) {
        let Some((log, moved)) = self.checkpoint(Mode::Ask).await else {
            return;
        };
        if log - moved < self.left + LOG_GROWN {
            return;
        }
        let mode = if log < LOG_LARGE {
            Mode::Pass
        } else {
            Mode::Truncate
        };
        if let Some((log, _)) = self.checkpoint(mode).await
            && log >= LOG_LARGE
        {
            tracing::warn!(pages = log, "the log grows: somebody reads an old snapshot");
        }
    }

    /// After a failure: if the disk is full, what the log takes may be all that is needed.
    async fn make_room(&mut self) {
        self.checkpoint(Mode::Truncate).await;
    }

    /// The pages in the log, and how many of them are in the database too.
    async fn checkpoint(&mut self, mode: Mode) -> Option<(i64, i64)> {
        let sql = match mode {
            Mode::Ask => "PRAGMA wal_checkpoint(NOOP)",
            Mode::Pass => "PRAGMA wal_checkpoint(PASSIVE)",
            Mode::Truncate => "PRAGMA wal_checkpoint(TRUNCATE)",
        };
        let told: sqlx::Result<(i64, i64, i64)> = sqlx::query_as(sql).fetch_one(&mut self.connection).await;
        match told {
            Ok((busy, log, moved)) => {
                tracing::trace!(?mode, busy, log, moved, "the log");
                if mode != Mode::Ask {
                    self.left = log - moved;
                }
                Some((log, moved))
            }
            Err(error) => {
                failure(error);
                None
            }
        }
    }
}

/// As [`unavailable`]; but without its connection the writer would answer 503 for ever.
fn failure(error: sqlx::Error) -> Refusal {
    if matches!(error, sqlx::Error::WorkerCrashed) {
        end_for("the connection that writes is gone");
    }
    unavailable(error)
}

/// How the log is moved into the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Not at all: only its size is asked.
    Ask,
    /// As far as nobody's snapshot is in the way.
    Pass,
    /// Waits for those who read older snapshots, a little, and gives the log's bytes back.
    Truncate,
}

#[cfg(test)]
mod tests;
