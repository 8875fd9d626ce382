//! Every way in which a write can fail, each brought about for real.

use super::*;
use crate::server::store::Store;
use crate::shared::ids::{RoomId, UserId};
use sqlx::{Connection as _, SqliteConnection};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use tempfile::TempDir;
use tokio::task::JoinHandle;

struct Desk {
    store: Store,
    hub: Arc<Hub>,
    path: PathBuf,
    _folder: TempDir,
}

type Answer = JoinHandle<Result<(), Refusal>>;

impl Desk {
    async fn new() -> Desk {
        Self::with("").await
    }

    /// The database has been through `sql` before it is opened.
    async fn with(sql: &'static str) -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("messages.db");
        let hub = Arc::new(Hub::default());
        let url = path.display().to_string();
        if !sql.is_empty() {
            Store::open(&url, hub.clone()).await.unwrap().close().await;
            let mut before = SqliteConnection::connect(&url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut before).await.unwrap();
            before.close().await.unwrap();
        }
        let store = Store::open(&url, hub.clone()).await.unwrap();
        Desk {
            store,
            hub,
            path,
            _folder: folder,
        }
    }

    async fn other_program(&self) -> SqliteConnection {
        SqliteConnection::connect(&self.path.display().to_string())
            .await
            .unwrap()
    }

    fn write<T, F>(&self, work: F) -> JoinHandle<Result<T, Refusal>>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Written<T>> + Send + 'static,
    {
        let writer = self.store.writer.clone();
        tokio::spawn(async move { writer.write(work).await })
    }

    /// Runs statements, one after the other.
    fn run(&self, sql: impl Into<String>) -> Answer {
        let sql = sql.into();
        self.write(move |tx| {
            Box::pin(async move {
                let sql = sqlx::AssertSqlSafe(sql);
                sqlx::raw_sql(sql).execute(tx).await.map_err(unavailable)?;
                Ok(((), Vec::new()))
            })
        })
    }

    fn put(&self, key: &str) -> Answer {
        self.run(format!("INSERT INTO meta VALUES ('{key}', '')"))
    }

    /// The keys that tests have put, as readers see them.
    async fn keys(&self) -> Vec<String> {
        let mut tx = self.store.snapshot().await.unwrap();
        sqlx::query_scalar("SELECT key FROM meta WHERE key <> 'epoch' ORDER BY key")
            .fetch_all(&mut *tx)
            .await
            .unwrap()
    }

    /// The writer is busy until the gate is opened; what is asked for meanwhile waits.
    async fn gate(&self) -> oneshot::Sender<()> {
        let (open, opened) = oneshot::channel::<()>();
        let (inside, is_inside) = oneshot::channel();
        self.write(move |_| {
            Box::pin(async move {
                let _ = inside.send(());
                let _ = opened.await;
                Ok(((), Vec::new()))
            })
        });
        is_inside.await.unwrap();
        open
    }

    /// Until so many jobs wait.
    async fn waiting(&self, count: usize) {
        while QUEUE - self.store.writer.jobs.capacity() < count {
            tokio::task::yield_now().await;
        }
    }

    /// The answers of jobs that share one transaction.
    async fn batch(&self, jobs: impl FnOnce() -> Vec<Answer>) -> Vec<Result<(), Refusal>> {
        let gate = self.gate().await;
        let jobs = jobs();
        self.waiting(jobs.len()).await;
        gate.send(()).unwrap();
        answers(jobs).await
    }
}

async fn answers(jobs: Vec<Answer>) -> Vec<Result<(), Refusal>> {
    let answers = futures::future::join_all(jobs).await;
    answers.into_iter().map(Result::unwrap).collect()
}

const UNAVAILABLE: Result<(), Refusal> = Err(Refusal::Unavailable);

#[tokio::test]
async fn past_a_full_queue_it_is_503_at_once_and_all_who_wait_are_written() {
    let desk = Desk::new().await;
    let gate = desk.gate().await;
    let jobs: Vec<Answer> = (0..QUEUE).map(|number| desk.put(&number.to_string())).collect();
    desk.waiting(QUEUE).await;
    let began = Instant::now();
    assert_eq!(desk.put("one more").await.unwrap(), UNAVAILABLE);
    assert!(
        began.elapsed() < Duration::from_millis(500),
        "{:?}",
        began.elapsed()
    );
    gate.send(()).unwrap();
    assert!(answers(jobs).await.iter().all(Result::is_ok));
    assert_eq!(desk.keys().await.len(), QUEUE);
    assert_eq!(desk.put("one more").await.unwrap(), Ok(()));
}

#[tokio::test]
async fn a_refusal_stands_beside_the_success_of_others_and_leaves_nothing() {
    let desk = Desk::new().await;
    let refused = || {
        desk.write(|tx| {
            Box::pin(async move {
                sqlx::query("INSERT INTO meta VALUES ('refused', '')")
                    .execute(tx)
                    .await
                    .unwrap();
                Err::<((), _), _>(Refusal::NotFound)
            })
        })
    };
    let answers = desk
        .batch(|| vec![desk.put("a"), refused(), desk.run("nonsense"), desk.put("b")])
        .await;
    assert_eq!(answers, [Ok(()), Err(Refusal::NotFound), UNAVAILABLE, Ok(())]);
    assert_eq!(desk.keys().await, ["a", "b"]);
}

#[tokio::test]
async fn a_job_that_panics_takes_only_itself_away() {
    let desk = Desk::new().await;
    let panics = || {
        desk.write(|tx| {
            Box::pin(async move {
                sqlx::query("INSERT INTO meta VALUES ('half', '')")
                    .execute(tx)
                    .await
                    .unwrap();
                panic!("as it was told to")
            })
        })
    };
    let answers = desk.batch(|| vec![desk.put("a"), panics(), desk.put("b")]).await;
    assert_eq!(answers, [Ok(()), Err(Refusal::Broken), Ok(())]);
    assert_eq!(desk.put("c").await.unwrap(), Ok(()));
    assert_eq!(desk.keys().await, ["a", "b", "c"]);
}

#[tokio::test]
async fn a_full_database_is_503_for_the_whole_batch_and_heals_when_there_is_room() {
    let desk = Desk::new().await;
    const BIG: &str = "INSERT INTO meta VALUES ('big', printf('%.*c', 1000000, 'x'))";
    // One page more than there are now.
    desk.run("PRAGMA max_page_count = 1").await.unwrap().unwrap();
    let began = Instant::now();
    // A full database ends the transaction inside of its savepoint, and with it what "a" had done.
    let answers = desk
        .batch(|| vec![desk.put("a"), desk.run(BIG), desk.put("b")])
        .await;
    assert_eq!(answers, [UNAVAILABLE, UNAVAILABLE, UNAVAILABLE]);
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    assert_eq!(desk.keys().await, [""; 0], "reads go on, and nothing stands");
    assert_eq!(desk.put("small").await.unwrap(), Ok(()), "what fits is written");

    desk.run("PRAGMA max_page_count = 100000").await.unwrap().unwrap();
    assert_eq!(desk.run(BIG).await.unwrap(), Ok(()));
    assert_eq!(desk.keys().await, ["big", "small"]);
}

#[tokio::test]
async fn a_commit_that_fails_is_503_and_the_next_one_is_as_ever() {
    let desk = Desk::new().await;
    // Nobody is person 9, which a deferred check finds out at the COMMIT.
    const ORPHAN: &str = "PRAGMA defer_foreign_keys = ON; INSERT INTO sessions VALUES (x'00', 9, 0)";
    let answers = desk
        .batch(|| vec![desk.put("a"), desk.run(ORPHAN), desk.put("b")])
        .await;
    assert_eq!(answers, [UNAVAILABLE, UNAVAILABLE, UNAVAILABLE]);
    assert_eq!(desk.put("c").await.unwrap(), Ok(()));
    assert_eq!(desk.keys().await, ["c"]);
}

/// SQLite takes the neighbours of such a job for damaged too, until the transaction ends. They are
/// told so, and sent again they stand.
#[tokio::test]
async fn what_is_damaged_fails_those_who_touch_it_and_nobody_for_long() {
    let desk = Desk::with("CREATE TABLE damaged (x); INSERT INTO damaged VALUES (1)").await;
    let mut tx = desk.store.snapshot().await.unwrap();
    let place = "SELECT (rootpage - 1) * 4096 FROM sqlite_schema WHERE name = 'damaged'";
    let place: i64 = sqlx::query_scalar(place).fetch_one(&mut *tx).await.unwrap();
    drop(tx);
    let file = std::fs::OpenOptions::new().write(true).open(&desk.path).unwrap();
    file.write_all_at(&[0xFF; 4096], place as u64).unwrap();

    let touch = || desk.run("INSERT INTO damaged VALUES (2)");
    let answers = desk.batch(|| vec![desk.put("a"), touch(), desk.put("b")]).await;
    assert_eq!(answers[1], UNAVAILABLE);
    assert_eq!(answers[0].is_ok(), desk.keys().await.contains(&"a".to_owned()));
    assert_eq!(answers[2].is_ok(), desk.keys().await.contains(&"b".to_owned()));
    assert_eq!(desk.put("c").await.unwrap(), Ok(()));
    assert_eq!(touch().await.unwrap(), UNAVAILABLE);
    assert_eq!(desk.put("d").await.unwrap(), Ok(()));
}

#[tokio::test]
async fn while_another_program_writes_all_who_wait_get_503_within_5_seconds() {
    let desk = Desk::new().await;
    let mut other = desk.other_program().await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let began = Instant::now();
    let mut jobs: Vec<Answer> = (0..QUEUE).map(|number| desk.put(&number.to_string())).collect();
    // Those who come later are let go by their own age.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let later = Instant::now();
    jobs.extend((0..BATCH - 1).map(|number| desk.put(&format!("later {number}"))));
    let answers = answers(jobs).await;
    assert!(answers.iter().all(|answer| *answer == UNAVAILABLE));
    assert!(
        later.elapsed() < Duration::from_millis(4_500),
        "{:?}",
        began.elapsed()
    );

    let waits = desk.put("waits");
    tokio::time::sleep(Duration::from_secs(1)).await;
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    let released = Instant::now();
    assert_eq!(waits.await.unwrap(), Ok(()), "whoever has waited less is written");
    assert_eq!(desk.put("next").await.unwrap(), Ok(()));
    assert!(
        released.elapsed() < Duration::from_secs(1),
        "{:?}",
        released.elapsed()
    );
    assert_eq!(desk.keys().await, ["next", "waits"]);
}

#[tokio::test]
async fn what_a_caller_who_has_gone_asked_for_is_done_and_told() {
    let desk = Desk::new().await;
    let user = UserId(1);
    let subscription = desk.hub.connect(user, [0; 32]);
    let gate = desk.gate().await;
    let caller = desk.write(move |tx| {
        Box::pin(async move {
            sqlx::query("INSERT INTO meta VALUES ('a', '')")
                .execute(tx)
                .await
                .unwrap();
            let read = News::Read {
                user,
                room: RoomId(1),
                last_read: 7,
                unread: 0,
                mentions: 0,
                through: 7,
            };
            Ok(((), vec![read]))
        })
    });
    desk.waiting(1).await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    gate.send(()).unwrap();
    let frame = subscription.next().await.unwrap();
    assert!(frame.text.contains("\"last_read\":7"), "{frame:?}");
    assert_eq!(desk.keys().await, ["a"]);
}

#[tokio::test]
async fn closing_writes_what_was_taken_and_takes_no_more() {
    let desk = Desk::new().await;
    let gate = desk.gate().await;
    let jobs: Vec<Answer> = (0..300).map(|number| desk.put(&number.to_string())).collect();
    desk.waiting(300).await;
    // Some who never stop writing.
    let restless: Vec<JoinHandle<()>> = (0..4)
        .map(|_| {
            let writer = desk.store.writer.clone();
            let write = move || {
                let writer = writer.clone();
                async move { writer.write(|_| Box::pin(async { Ok(((), Vec::new())) })).await }
            };
            tokio::spawn(async move { while write().await.is_ok() {} })
        })
        .collect();
    gate.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(5), desk.store.writer.close())
        .await
        .expect("it closes");
    assert!(answers(jobs).await.iter().all(Result::is_ok));
    futures::future::join_all(restless).await;
    assert_eq!(desk.keys().await.len(), 300);
    assert_eq!(desk.put("late").await.unwrap(), UNAVAILABLE);
    assert_eq!(
        std::fs::metadata(desk.wal()).unwrap().len(),
        0,
        "all is in the database"
    );
}

impl Desk {
    fn wal(&self) -> PathBuf {
        self.path.with_extension("db-wal")
    }
}

/// Four readers whose snapshots overlap, so that there is always one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_stays_small_while_readers_are_busy() {
    let desk = Desk::new().await;
    let reading: Vec<JoinHandle<()>> = (0..4)
        .map(|number| {
            let store = desk.store.clone();
            tokio::spawn(async move {
                // Not in step, or there would be moments without any.
                tokio::time::sleep(Duration::from_millis(3 * number)).await;
                loop {
                    let mut tx = store.snapshot().await.unwrap();
                    for _ in 0..4 + number {
                        let count = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM meta");
                        count.fetch_one(&mut *tx).await.unwrap();
                        tokio::time::sleep(Duration::from_millis(2)).await;
                    }
                }
            })
        })
        .collect();
    let (mut largest, mut slowest) = (0, Duration::ZERO);
    for number in 0..4_000 {
        let began = Instant::now();
        // Some 4 pages each.
        let sql = format!("INSERT INTO meta VALUES ('{number}', printf('%.*c', 9000, 'x'))");
        desk.run(sql).await.unwrap().unwrap();
        slowest = slowest.max(began.elapsed());
        largest = largest.max(std::fs::metadata(desk.wal()).unwrap().len());
    }
    reading.iter().for_each(JoinHandle::abort);
    println!("log at most {} KiB, slowest write {slowest:?}", largest / 1024);
    assert!(largest < 32 << 20, "{largest}");
}
