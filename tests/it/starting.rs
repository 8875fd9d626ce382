//! Starting, and refusing to; stopping, and starting again on the same file.

use crate::harness::{GENERAL, House, Live, config};
use digital_messages::serve::Server;
use digital_messages::server::config::Config;
use digital_messages::shared::live::{Catchup, ToBrowser};
use sqlx::{Connection, SqliteConnection};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// What whoever starts it reads.
async fn sentence(config: Config) -> String {
    match Server::start(config).await {
        Ok(_) => panic!("it started"),
        Err(error) => format!("{error:#}"),
    }
}

#[tokio::test]
async fn up_answers() {
    let house = House::empty().await;
    let answer = house.visitor().page("/up").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "up\n"));
}

#[tokio::test]
async fn the_database_and_its_folder_are_made_when_absent() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/b/messages.db");
    for url in [
        path.display().to_string(),
        format!("sqlite:{}", path.display()),
        format!("sqlite://{}", path.display()),
    ] {
        let mut config = config(path.clone());
        config.database_url = url;
        Server::start(config).await.unwrap().stop().await.unwrap();
        assert!(path.is_file());
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    let mut house = House::empty().await;
    house.stop().await;
    let url = format!("sqlite:{}", house.config.database_url);
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'from the future', 1, x'00', 0)",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    connection.close().await.unwrap();
    let said = sentence(house.config.clone()).await;
    assert!(
        said.contains("newer version") && said.contains(&house.config.database_url),
        "{said}"
    );
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.txt");
    let letter = "Dear Bob, this is not a database. ".repeat(100);
    std::fs::write(&path, &letter).unwrap();
    let said = sentence(config(path.clone())).await;
    assert!(said.contains("letter.txt"), "{said}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), letter);
}

#[tokio::test]
async fn a_place_that_cannot_hold_a_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let said = sentence(config(file.join("messages.db"))).await;
    assert!(
        said.contains("folder") && said.contains("can't be made"),
        "{said}"
    );
    let said = sentence(config(folder.path().to_path_buf())).await;
    assert!(said.contains("can't be opened"), "{said}");
}

#[tokio::test]
async fn a_database_that_another_server_uses_is_refused() {
    let mut house = House::empty().await;
    let said = sentence(house.config.clone()).await;
    assert!(said.contains("Is Digital messages running already?"), "{said}");
    house.stop().await;
    house.start_again().await;
}

#[tokio::test]
async fn a_port_that_is_taken_is_refused() {
    let house = House::empty().await;
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path().join("messages.db"));
    config.addr = house.addr;
    let said = sentence(config).await;
    assert!(
        said.contains(&house.addr.to_string()) && said.contains("another program"),
        "{said}"
    );
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "nothing was made"
    );
}

#[tokio::test]
async fn stopping_closes_the_sockets_and_starting_again_keeps_everything() {
    let (mut house, anna, bob) = House::of_two().await;
    let message = anna.say(GENERAL, "kept").await;
    let edited = anna.edit(GENERAL, message.position, "kept!").await;
    bob.read(GENERAL, message.position).await;
    let before = (anna.rooms().await, bob.rooms().await, anna.history(GENERAL).await);
    let mut live = bob.greeted().await;

    let began = Instant::now();
    house.stop().await;
    assert_eq!(live.closed().await, Some(1001));
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());

    house.start_again().await;
    let (anna, bob) = (house.again(&anna), house.again(&bob));
    assert_eq!(
        (anna.rooms().await, bob.rooms().await, anna.history(GENERAL).await),
        before
    );
    let again = anna.try_say(GENERAL, message.client_id, "kept").await;
    assert_eq!(again.body, edited.body, "a client id names its message for ever");
    let caught_up = bob.changes(GENERAL, message.position, &before.0.epoch).await;
    let Catchup::Changes { changes, .. } = caught_up else {
        panic!("the epoch has changed")
    };
    assert_eq!(changes.rows.len(), 1);
    let ToBrowser::Hello(list) = bob.live().await.next().await else {
        panic!("hello")
    };
    assert_eq!(list, before.1);
    assert_eq!(
        anna.say(GENERAL, "next").await.position,
        before.2.through + 1,
        "versions go on"
    );
}

#[tokio::test]
async fn another_database_has_another_epoch() {
    let ((_one, anna), (_other, other)) = tokio::join!(House::new(), House::new());
    assert_ne!(anna.rooms().await.epoch, other.rooms().await.epoch);
}

#[tokio::test]
async fn an_older_copy_that_is_put_back_has_another_epoch() {
    let (mut house, anna) = House::new().await;
    let database = PathBuf::from(&house.config.database_url);
    let copy = database.with_extension("copy");
    let put_back = || std::fs::copy(&copy, &database).unwrap();
    anna.say(GENERAL, "before").await;
    house.stop().await;
    std::fs::copy(&database, &copy).unwrap();

    // Nothing has happened since: it is the same history.
    put_back();
    house.start_again().await;
    let anna = house.again(&anna);
    let epoch = anna.rooms().await.epoch;
    let number = anna.say(GENERAL, "after").await.version;
    let room = anna.make_room("Gone", "invited").await;
    let bob = house.sign_up("bob").await;
    house.stop().await;

    put_back();
    house.start_again().await;
    let anna = house.again(&anna);
    let another = anna.rooms().await.epoch;
    assert_ne!(another, epoch);
    // Also to somebody whose number the new history has passed.
    // What waits in a browser for a room that is gone comes into no other.
    assert!(anna.make_room("Another", "invited").await > room);
    assert!(house.sign_up("carl").await.me.id > bob.me.id);
    anna.say(GENERAL, "other").await;
    anna.say(GENERAL, "history").await;
    assert_eq!(anna.changes(GENERAL, number, &epoch).await, Catchup::Reset);
    house.stop().await;
    house.start_again().await;
    assert_eq!(house.again(&anna).rooms().await.epoch, another, "once");
}

/// The program itself; killed when the test ends, whatever comes of it.
pub struct Program(Child);

impl Program {
    /// Starts it, and waits until it says where it is.
    pub fn serve(database: &str, change: impl FnOnce(&mut Command)) -> (Program, SocketAddr) {
        let mut command = program(&["serve", "--addr", "127.0.0.1:0", "--database-url", database]);
        change(&mut command);
        let mut child = Program(command.stderr(Stdio::null()).spawn().unwrap());
        let mut said = String::new();
        BufReader::new(child.0.stdout.take().unwrap())
            .read_line(&mut said)
            .unwrap();
        let (_, addr) = said.trim().rsplit_once("http://").expect("its address");
        (child, addr.parse().unwrap())
    }

    /// Waits until it has ended by itself.
    pub fn ended(&mut self) -> ExitStatus {
        let began = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status;
            }
            assert!(began.elapsed() < Duration::from_secs(5), "it goes on");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_digital-messages"));
    for name in [
        "DATABASE_URL",
        "DIGITAL_MESSAGES_ADDR",
        "DIGITAL_MESSAGES_PUBLIC_URL",
        "DIGITAL_MESSAGES_RATE_LIMITS",
        "RUST_LOG",
    ] {
        command.env_remove(name);
    }
    command
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_says_where_it_is_and_ends_in_good_order_when_told() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("messages.db").display().to_string();
    let (mut child, addr) = Program::serve(&database, |_| {});

    // The harness speaks to a server of its own; here it is lent the program's address.
    let mut house = House::empty().await;
    house.addr = addr;
    let anna = house.first_run("anna").await;
    let mut live: Live = anna.greeted().await;
    let told = Command::new("kill")
        .args(["-TERM", &child.0.id().to_string()])
        .status()
        .unwrap();
    assert!(told.success());
    assert_eq!(live.closed().await, Some(1001));
    let ended = tokio::task::spawn_blocking(move || child.ended()).await.unwrap();
    assert!(ended.success(), "{ended}");
}

#[test]
fn the_program_that_cannot_start_says_why_in_a_sentence() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    let output = program(&["--addr", &addr, "--database-url", "/dev/null/messages.db"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(
        said.contains("Is another program using it?") && !said.contains("panicked"),
        "{said}"
    );
}

#[test]
fn help_explains_every_setting() {
    let output = program(&["--help"]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    for setting in [
        "--addr",
        "--database-url",
        "--public-url",
        "--rate-limits",
        "DATABASE_URL",
        "data/digital-messages.db",
    ] {
        assert!(said.contains(setting), "no {setting} in {said}");
    }
}
