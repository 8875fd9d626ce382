//! What a network does: it cuts, it resets, it swallows, it delays, it sends twice.

use super::proxy::Fate;
use super::report::Row;
use super::scene::{Load, Scene};
use super::{alone, expect_nothing, full};
use std::time::Duration;
use tokio::time::sleep;

/// Lets fates befall random connections until there were so many.
async fn strike(scene: &mut Scene, times: usize, fates: &[Fate]) {
    let mut struck = 0;
    while struck < times {
        sleep(
            scene
                .dice
                .between(Duration::from_millis(50), Duration::from_millis(250)),
        )
        .await;
        let fate = fates[scene.dice.below(fates.len() as u64) as usize];
        let most = (times - struck).min(3);
        struck += scene.proxy.strike(most, fate, &mut scene.dice);
    }
    sleep(Duration::from_secs(1)).await;
}

#[test]
fn cut_and_reset_connections_lose_nothing_and_double_nothing() {
    alone(async {
        let load = Load::usual();
        let times = if full() { 500 } else { 20 };
        let mut scene = Scene::new(load.clone()).await;
        scene.proxy.delay(Duration::from_millis(10));
        scene.begin().await;
        strike(&mut scene, times, &[Fate::Cut, Fate::Reset]).await;
        let verdict = scene.finish().await;
        let row = Row {
            fault: "connections cut, reset, delayed",
            load: load.to_string(),
            times,
            checked: "I1–I6, file",
        };
        expect_nothing(&row, &verdict);
    });
}

#[test]
fn a_connection_that_swallows_everything_is_left_and_nothing_is_lost() {
    alone(async {
        let load = Load::usual();
        let times = if full() { 200 } else { 4 };
        let mut scene = Scene::new(load.clone()).await;
        scene.begin().await;
        strike(&mut scene, times, &[Fate::HalfOpen]).await;
        let verdict = scene.finish().await;
        let row = Row {
            fault: "connections half-open",
            load: load.to_string(),
            times,
            checked: "I1–I6, file",
        };
        expect_nothing(&row, &verdict);
    });
}

#[test]
fn a_message_sent_five_times_over_two_connections_is_posted_once() {
    alone(async {
        let load = Load::usual();
        let seconds = if full() { 60 } else { 2 };
        let mut scene = Scene::new(load.clone()).await;
        scene.proxy.copies(4);
        scene.proxy.delay(Duration::from_millis(5));
        scene.begin().await;
        sleep(Duration::from_secs(seconds)).await;
        scene.proxy.strike(5, Fate::Cut, &mut scene.dice);
        let verdict = scene.finish().await;
        let row = Row {
            fault: "every send five times",
            load: load.to_string(),
            times: verdict.messages,
            checked: "I1–I6, file",
        };
        expect_nothing(&row, &verdict);
    });
}
