//! People come into rooms and go again, while connections break.

use super::kills::kill;
use super::proxy::Fate;
use super::report::Row;
use super::scene::{Load, Scene};
use super::{alone, expect_nothing, full};
use std::time::Duration;
use tokio::time::sleep;

#[test]
fn whoever_comes_and_goes_gets_everything_while_they_are_there() {
    alone(async {
        // Nobody comes anew only because it is quiet: that would mend what went wrong.
        let load = Load {
            silence: Duration::from_secs(60),
            ..Load::usual()
        };
        let (cuts, kills) = if full() { (1_000, 10) } else { (60, 1) };
        let mut scene = Scene::new(load.clone()).await;
        scene.begin().await;
        scene.wander();
        for _ in 0..cuts / 3 {
            sleep(Duration::from_millis(80)).await;
            scene.proxy.strike(3, Fate::Cut, &mut scene.dice);
        }
        kill(&mut scene, kills).await;
        scene.stand_still().await;
        let verdict = scene.finish().await;
        let row = Row {
            fault: "readers come and go, cuts and kills",
            load: load.to_string(),
            times: cuts,
            checked: "I1–I6, file",
        };
        expect_nothing(&row, &verdict);
    });
}
