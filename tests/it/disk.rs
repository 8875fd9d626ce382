//! Disks that are full, and disks that fail.

use crate::harness::{GENERAL, House, Person};
use crate::starting::Program;
use digital_messages::shared::ids::ClientId;
use digital_messages::shared::message::Message;
use digital_messages::shared::refusal::Refusal;
use reqwest::Method;
use serde_json::json;
use sqlx::{Connection, SqliteConnection};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A disk of 16 MiB. Only root may mount one; for others these tests have nothing to say.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mount() -> Option<SmallDisk> {
        let disk = SmallDisk(tempfile::tempdir().unwrap());
        let mounted = disk.ask("mount", &["-t", "tmpfs", "-o", "size=16m", "tmpfs"]);
        if !mounted {
            eprintln!("skipped: no disk may be mounted here");
        }
        mounted.then_some(disk)
    }

    fn grow(&self) {
        assert!(self.ask("mount", &["-o", "remount,size=32m"]));
    }

    fn ask(&self, program: &str, arguments: &[&str]) -> bool {
        let mut command = Command::new(program);
        let status = command.args(arguments).arg(self.0.path()).status();
        status.is_ok_and(|status| status.success())
    }

    async fn house(&self) -> (House, Person) {
        let database = self.0.path().join("messages.db");
        let house = House::with(|config| config.database_url = database.display().to_string()).await;
        let anna = house.first_run("anna").await;
        (house, anna)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        self.ask("umount", &["-l"]);
    }
}

fn long() -> String {
    "ы".repeat(4_000)
}

/// Posts until nothing more fits, for good: what the log took is given back first.
async fn fill(anna: &Person) -> (Vec<ClientId>, Vec<ClientId>) {
    let (mut kept, mut refused) = (Vec::new(), Vec::new());
    while refused.len() < 5 {
        let id = ClientId::new();
        let began = Instant::now();
        let answer = anna.try_say(GENERAL, id, &long()).await;
        match answer.status {
            200 => {
                refused.clear();
                kept.push(id);
            }
            _ => {
                assert_eq!(answer.refusal(), Refusal::Unavailable);
                assert_eq!(answer.header("retry-after"), "1");
                assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
                refused.push(id);
            }
        }
    }
    (kept, refused)
}

#[tokio::test]
async fn on_a_full_disk_it_is_503_reads_go_on_and_with_room_so_do_writes() {
    let Some(disk) = SmallDisk::mount() else { return };
    let (mut house, anna) = disk.house().await;
    let (kept, refused) = fill(&anna).await;
    println!("{} messages of 8 KB fit on 16 MiB", kept.len());

    assert_eq!(anna.history(GENERAL).await.messages.len(), 50);
    let page = anna.page("/rooms/1").await;
    assert_eq!(page.status, 200);
    let fields = [("text", long()), ("client_id", ClientId::new().to_string())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let form = anna.submit("/rooms/1", &fields).await;
    assert_eq!((form.status, form.header("retry-after")), (503, "1"));
    assert!(form.html().contains("The server is busy right now."), "in words");
    let arguments = json!({"author": 1, "room": 1, "client_id": ClientId::new(), "text": long()});
    let function = anna.call("post_message", arguments).await;
    assert_eq!((function.status, function.header("retry-after")), (503, "1"));

    disk.grow();
    let began = Instant::now();
    for id in &refused {
        assert_eq!(anna.try_say(GENERAL, *id, &long()).await.status, 200);
    }
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    house.stop().await;
    house.start_again().await;
    let anna = house.again(&anna);
    let version = anna.entry(GENERAL).await.through;
    for id in kept.iter().chain(&refused) {
        let again: Message = anna.try_say(GENERAL, *id, &long()).await.json();
        assert_eq!(again.client_id, *id);
    }
    assert_eq!(
        anna.entry(GENERAL).await.through,
        version,
        "each was there already"
    );
    house.stop().await;
}

/// While somebody reads an old snapshot the log has to grow, here until the disk is full.
#[tokio::test]
async fn when_the_log_has_filled_the_disk_writes_recover_by_themselves() {
    let Some(disk) = SmallDisk::mount() else { return };
    let (mut house, anna) = disk.house().await;
    let message = anna.say(GENERAL, &long()).await;
    // With a pin or without one, the database doesn't grow when the log is moved into it.
    for on in [true, false] {
        anna.pin(GENERAL, message.position, on).await;
    }
    house.stop().await;
    house.start_again().await;
    let anna = house.again(&anna);
    let mut reader = SqliteConnection::connect(&house.config.database_url)
        .await
        .unwrap();
    let mut snapshot = reader.begin().await.unwrap();
    let count = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM messages");
    count.fetch_one(&mut *snapshot).await.unwrap();

    let mut changes = 0;
    loop {
        let answer = anna.pin(GENERAL, message.position, changes % 2 == 0).await;
        if answer.status != 200 {
            assert_eq!(answer.refusal(), Refusal::Unavailable);
            break;
        }
        changes += 1;
    }
    snapshot.rollback().await.unwrap();
    let began = Instant::now();
    while anna.pin(GENERAL, message.position, changes % 2 == 0).await.status != 200 {
        assert!(
            began.elapsed() < Duration::from_secs(1),
            "after {changes} changes"
        );
    }
    let used = |name: &str| std::fs::metadata(disk.0.path().join(name)).unwrap().len();
    assert!(used("messages.db-wal") < 1 << 20);
    anna.say(GENERAL, "at last").await;
}

/// The program on a disk that fails when it is told to.
struct Failing {
    folder: TempDir,
    house: House,
}

impl Failing {
    async fn new() -> Failing {
        let folder = tempfile::tempdir().unwrap();
        let disk = folder.path().join("disk.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/failing_disk.c");
        let mut compiler = Command::new("cc");
        let compiler = compiler
            .args(["-shared", "-fPIC", "-ldl", "-o"])
            .args([&disk, &source]);
        assert!(compiler.status().unwrap().success());
        Failing {
            folder,
            house: House::empty().await,
        }
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("messages.db")
    }

    fn fail(&self, what: &str) {
        std::fs::write(self.folder.path().join(what), "").unwrap();
    }

    fn heal(&self, what: &str) {
        std::fs::remove_file(self.folder.path().join(what)).unwrap();
    }

    /// Starts the program; the harness is lent its address.
    fn start(&mut self) -> Program {
        let database = self.database().display().to_string();
        let (program, addr) = Program::serve(&database, |command| {
            command
                .env("LD_PRELOAD", self.folder.path().join("disk.so"))
                .env("FAILING", self.folder.path())
                .env("DIGITAL_MESSAGES_RATE_LIMITS", "off");
        });
        self.house.addr = addr;
        program
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_failed_fsync_the_program_ends_without_answering() {
    let mut disk = Failing::new().await;
    let mut program = disk.start();
    let anna = disk.house.first_run("anna").await;
    let kept = anna.say(GENERAL, "kept").await;

    disk.fail("sync");
    let id = ClientId::new();
    let path = "/api/v1/rooms/1/messages";
    let request = anna.http.post(anna.url(path)).bearer_auth(&anna.token);
    let answer = request
        .json(&json!({"client_id": id, "text": "not kept?"}))
        .send()
        .await;
    assert!(answer.is_err(), "nothing is acknowledged: {answer:?}");
    assert!(!program.ended().success());

    disk.heal("sync");
    let _program = disk.start();
    let anna = disk.house.again(&anna);
    assert_eq!(anna.history(GENERAL).await.messages[0], kept);
    for _ in 0..2 {
        assert_eq!(anna.try_say(GENERAL, id, "not kept?").await.status, 200);
    }
    assert_eq!(
        anna.history(GENERAL).await.messages.len(),
        2,
        "once, whatever became of it"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_the_disk_refuses_is_503_and_the_next_one_may_do() {
    let mut disk = Failing::new().await;
    let _program = disk.start();
    let anna = disk.house.first_run("anna").await;
    anna.say(GENERAL, "before").await;

    disk.fail("write");
    let ids: Vec<ClientId> = (0..4).map(|_| ClientId::new()).collect();
    for id in &ids {
        let answer = anna.try_say(GENERAL, *id, "meanwhile").await;
        assert_eq!(answer.refusal(), Refusal::Unavailable);
    }
    let refused = anna.api(Method::GET, "rooms/1/messages", None).await;
    assert_eq!(refused.status, 200, "reads go on");
    disk.heal("write");
    for id in ids.iter().chain(&ids) {
        assert_eq!(anna.try_say(GENERAL, *id, "meanwhile").await.status, 200);
    }
    assert_eq!(anna.history(GENERAL).await.messages.len(), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_fsync_of_a_checkpoint_ends_the_program_too_and_nothing_is_lost() {
    let mut disk = Failing::new().await;
    let mut program = disk.start();
    let anna = disk.house.first_run("anna").await;
    // The log is kept; that what it holds is in the database is not.
    disk.fail("sync-database");
    let mut kept = Vec::new();
    let path = anna.url("/api/v1/rooms/1/messages");
    let text = long();
    loop {
        let id = ClientId::new();
        let request = anna.http.post(&path).bearer_auth(&anna.token);
        let request = request.json(&json!({"client_id": id, "text": text}));
        match request.send().await {
            Ok(answer) => assert_eq!(answer.status(), 200),
            Err(_) => break,
        }
        kept.push(id);
        assert!(kept.len() < 2_000, "it was never moved");
    }
    assert!(!program.ended().success());

    disk.heal("sync-database");
    let _program = disk.start();
    let anna = disk.house.again(&anna);
    let version = anna.entry(GENERAL).await.through;
    for id in &kept {
        assert_eq!(anna.try_say(GENERAL, *id, &text).await.status, 200);
    }
    assert_eq!(
        anna.entry(GENERAL).await.through,
        version,
        "all of them were there"
    );
}
