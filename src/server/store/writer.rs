//! The one writer: takes what waits, runs it in one transaction with a savepoint each, commits,
//! publishes in the order of versions, then answers.

use super::{Connection, unavailable};
use crate::server::hub::{Hub, News};
use crate::server::sabotage::{self, Fault};
use crate::shared::refusal::Refusal;
use futures::future::BoxFuture;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// Jobs in one transaction, at most.
const BATCH: usize = 128;
/// Jobs that may wait. Past it: 503, and the client tries again.
const QUEUE: usize = 1_024;
/// Transactions after which the log is moved into the database.
const CHECKPOINT_AFTER_BATCHES: u32 = 200;

/// What a job hands back: its value, and what others are told of it once it is committed.
pub type Written<T> = Result<(T, Vec<News>), Refusal>;

type Answer = Box<dyn FnOnce(Result<(), Refusal>) + Send>;
type Job = Box<dyn for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Ran> + Send>;

/// A job that has run inside its savepoint: whether it stands, its news, and how to answer.
struct Ran {
    stands: bool,
    news: Vec<News>,
    answer: Answer,
}

/// The door to the writer.
#[derive(Clone)]
pub struct Writer {
    jobs: mpsc::Sender<Job>,
    stopped: tokio::sync::watch::Receiver<bool>,
    closing: Arc<tokio::sync::Notify>,
}

impl Writer {
    /// Starts the task that owns the writing connection.
    pub fn start(connection: Connection, hub: Arc<Hub>) -> Writer {
        let (jobs, waiting) = mpsc::channel(QUEUE);
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let closing = Arc::new(tokio::sync::Notify::new());
        let task = Task {
            connection,
            hub,
            batches: 0,
        };
        tokio::spawn(task.run(waiting, closing.clone(), stop));
        Writer {
            jobs,
            stopped,
            closing,
        }
    }

    /// Runs `work` inside the next transaction and answers once that is on the disk. A caller who
    /// goes away changes nothing: the work is done and told all the same.
    ///
    /// # Errors
    /// What `work` refused (then nothing of it stands), or `Unavailable`: not done, or not known.
    pub async fn write<T, F>(&self, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Written<T>> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            Box::pin(async move {
                let (value, news) = match work(connection).await {
                    Ok((value, news)) => (Ok(value), news),
                    Err(refusal) => (Err(refusal), Vec::new()),
                };
                let stands = value.is_ok();
                let answer: Answer = Box::new(move |commit| {
                    // An own refusal stands whatever became of the others, save when the
                    // database itself failed.
                    let _ = reply.send(commit.and(value));
                });
                Ran { stands, news, answer }
            })
        });
        self.jobs.try_send(job).map_err(|_| Refusal::Unavailable)?;
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
    batches: u32,
}

impl Task {
    async fn run(
        mut self,
        mut waiting: mpsc::Receiver<Job>,
        closing: Arc<tokio::sync::Notify>,
        stop: tokio::sync::watch::Sender<bool>,
    ) {
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            tokio::select! {
                biased;
                taken = waiting.recv_many(&mut batch, BATCH) => {
                    if taken == 0 { break }
                    self.transact(batch.drain(..)).await;
                }
                () = closing.notified() => waiting.close(),
            }
        }
        self.checkpoint("TRUNCATE").await;
        let _ = sqlx::Connection::close(self.connection).await;
        let _ = stop.send(true);
    }

    async fn transact(&mut self, jobs: impl Iterator<Item = Job> + Send) {
        let mut ran = Vec::new();
        let mut outcome = self.execute("BEGIN IMMEDIATE").await;
        for job in jobs {
            // Without a transaction the rest still runs to its answer, against nothing: skipped.
            if outcome.is_err() {
                drop(job);
                continue;
            }
            match self.in_savepoint(job).await {
                Ok(done) => ran.push(done),
                Err((done, refusal)) => {
                    ran.extend(done);
                    outcome = Err(refusal);
                }
            }
        }
        if outcome.is_ok() && sabotage::on(Fault::AnswerBeforeCommit) {
            self.finish(std::mem::take(&mut ran), Ok(())).await;
            tokio::time::sleep(sabotage::AHEAD).await;
        }
        if outcome.is_ok() {
            outcome = self.commit().await;
        }
        if outcome.is_err() {
            // The transaction may be gone already, with SQLITE_FULL for one; then this says so.
            let _ = sqlx::query("ROLLBACK").execute(&mut self.connection).await;
        }
        self.finish(ran, outcome).await;
    }

    /// Publishes, then answers: whoever reads an answer can rely on the others being told.
    async fn finish(&mut self, ran: Vec<Ran>, outcome: Result<(), Refusal>) {
        let mut answers = Vec::with_capacity(ran.len());
        for Ran { news, answer, .. } in ran {
            if outcome.is_ok() {
                news.into_iter().for_each(|news| self.hub.publish(news));
            }
            answers.push(answer);
        }
        for answer in answers {
            answer(outcome.clone());
        }
        self.batches += 1;
        if self.batches >= CHECKPOINT_AFTER_BATCHES {
            self.batches = 0;
            self.checkpoint("PASSIVE").await;
        }
    }

    /// Runs a job so that its failure takes back its own changes alone.
    ///
    /// # Errors
    /// The whole transaction is lost: the savepoint is no longer there to go back to.
    async fn in_savepoint(&mut self, job: Job) -> Result<Ran, (Option<Ran>, Refusal)> {
        self.execute("SAVEPOINT job")
            .await
            .map_err(|refusal| (None, refusal))?;
        let ran = job(&mut self.connection).await;
        let end = if ran.stands {
            "RELEASE job"
        } else {
            "ROLLBACK TO job"
        };
        match self.execute(end).await {
            Ok(()) => Ok(ran),
            Err(refusal) => Err((Some(ran), refusal)),
        }
    }

    async fn execute(&mut self, sql: &'static str) -> Result<(), Refusal> {
        sqlx::query(sql)
            .execute(&mut self.connection)
            .await
            .map(drop)
            .map_err(unavailable)
    }

    /// A COMMIT that fails may or may not have happened: 503, and the client's own id settles it
    /// when it tries again. After a failed fsync nothing that this process believes of the file
    /// can be trusted: it ends without answering, and the next start reads what is there.
    async fn commit(&mut self) -> Result<(), Refusal> {
        const IOERR_FSYNC: &str = "1034";
        const IOERR_DIR_FSYNC: &str = "1290";
        sqlx::query("COMMIT")
            .execute(&mut self.connection)
            .await
            .map(drop)
            .map_err(|error| {
                let code = error.as_database_error().and_then(|error| error.code());
                if matches!(code.as_deref(), Some(IOERR_FSYNC | IOERR_DIR_FSYNC)) {
                    tracing::error!(%error, "the disk did not take a commit; ending");
                    std::process::abort();
                }
                unavailable(error)
            })
    }

    async fn checkpoint(&mut self, mode: &str) {
        let sql = match mode {
            "TRUNCATE" => "PRAGMA wal_checkpoint(TRUNCATE)",
            _ => "PRAGMA wal_checkpoint(PASSIVE)",
        };
        match sqlx::query_as::<_, (i64, i64, i64)>(sql)
            .fetch_one(&mut self.connection)
            .await
        {
            Ok((busy, log, moved)) => tracing::debug!(busy, log, moved, "checkpoint"),
            Err(error) => tracing::warn!(%error, "the write-ahead log could not be moved"),
        }
    }
}
