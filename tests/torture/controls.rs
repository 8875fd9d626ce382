//! A check that never fails proves nothing: each of these servers or readers is broken on purpose, and
//! the check must say so.

use super::kills::kill;
use super::power::{plugged, pull};
use super::proxy::Fate;
use super::report;
use super::scene::{Load, Scene, Verdict};
use super::{alone, people, server::Server};
use digital_messages::server::sabotage::Fault;
use sqlx::{Connection, Executor};
use std::time::Duration;
use tokio::time::sleep;

/// Chance may spare a broken server, but not so many times in a row.
const ROUNDS: usize = 6;

/// Runs it until the check finds something that begins with one of these words.
fn must_be_found<F: Future<Output = Verdict>>(fault: &str, words: &[&str], run: impl Fn() -> F) {
    alone(async {
        for round in 1..=ROUNDS {
            let verdict = run().await;
            let found = verdict
                .violations
                .iter()
                .filter(|line| words.iter().any(|word| line.starts_with(word)));
            let found: Vec<&String> = found.collect();
            let _ = std::fs::remove_dir_all(&verdict.folder);
            if let Some(first) = found.first() {
                println!("{fault}: {} violations, such as: {first}", found.len());
                return report::write_control(fault, round, words, &verdict);
            }
        }
        panic!("the check does not see it: {fault}");
    });
}

fn break_it(server: &mut Server, fault: Fault) {
    server.set("SABOTAGE", format!("{fault:?}"));
}

#[test]
fn a_server_that_answers_before_it_commits_is_found_out() {
    must_be_found("answers before it commits", &["I1 lost", "I6"], async || {
        let mut scene = Scene::new(Load::usual()).await;
        break_it(&mut scene.server, Fault::AnswerBeforeCommit);
        scene.server.kill().await;
        scene.server.start().await;
        scene.begin().await;
        kill(&mut scene, 2).await;
        scene.finish().await
    });
}

#[test]
fn a_server_that_forgets_client_ids_is_found_out() {
    must_be_found("forgets client ids", &["I2"], async || {
        let mut scene = Scene::new(Load::usual()).await;
        scene.server.stop().await;
        allow_doubles(&scene).await;
        break_it(&mut scene.server, Fault::ForgetClientIds);
        scene.server.start().await;
        scene.proxy.copies(4);
        scene.begin().await;
        sleep(Duration::from_secs(1)).await;
        scene.finish().await
    });
}

/// Makes the table of messages anew, without the index that refuses a client id that is there.
async fn allow_doubles(scene: &Scene) {
    let mut database = people::open(&scene.server.database).await;
    let table: String = sqlx::query_scalar("SELECT sql FROM sqlite_master WHERE name = 'messages'")
        .fetch_one(&mut database)
        .await
        .unwrap();
    let index = "UNIQUE (author_id, client_id)";
    assert!(table.contains(index), "{table}");
    let table = table.replace(index, "CHECK (true)");
    database.execute("DROP TABLE messages").await.unwrap();
    database.execute(sqlx::AssertSqlSafe(table)).await.unwrap();
    database.close().await.unwrap();
}

#[test]
fn a_reader_that_lets_an_older_row_replace_a_newer_one_is_found_out() {
    must_be_found("lets an older row replace a newer one", &["I3"], async || {
        let mut scene = Scene::new(Load {
            gullible: true,
            ..Load::usual()
        })
        .await;
        scene.proxy.delay(Duration::from_millis(20));
        scene.begin().await;
        cut_often(&mut scene).await;
        scene.finish().await
    });
}

#[test]
fn a_server_that_listens_too_late_is_found_out() {
    must_be_found("reads the list before it listens", &["I3", "I4"], async || {
        let mut scene = Scene::new(Load::usual()).await;
        break_it(&mut scene.server, Fault::ListenLate);
        scene.server.kill().await;
        scene.server.start().await;
        scene.begin().await;
        cut_often(&mut scene).await;
        scene.finish().await
    });
}

async fn cut_often(scene: &mut Scene) {
    for _ in 0..6 {
        sleep(Duration::from_millis(250)).await;
        scene.proxy.strike(8, Fate::Cut, &mut scene.dice);
    }
}

#[test]
fn a_server_that_does_not_wait_for_the_disk_is_found_out() {
    must_be_found(
        "synchronous=NORMAL and a power failure",
        &["I1 lost", "I6"],
        async || {
            let (mut scene, plug) = plugged(Load::usual()).await;
            break_it(&mut scene.server, Fault::CommitWithoutSync);
            pull(&mut scene, &plug, 1).await;
            scene.finish().await
        },
    );
}
