//! Somebody who comes into a room and goes again, all the time.

use super::dice::Dice;
use super::people::Account;
use digital_messages::shared::ids::RoomId;
use reqwest::Client;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::sleep;

pub struct Wanderer {
    pub account: Account,
    pub room: RoomId,
    pub http: Client,
    pub host: String,
}

impl Wanderer {
    /// Until told to stop; then they are in the room.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let mut dice = Dice::new(!self.account.id.0 as u64);
        loop {
            self.ask("join", &mut dice).await;
            if *stop.borrow() {
                return;
            }
            sleep(dice.upto(Duration::from_millis(120))).await;
            self.ask("leave", &mut dice).await;
            if dice.percent(50) {
                sleep(dice.upto(Duration::from_millis(120))).await;
            }
        }
    }

    /// Until it is answered. Having left already is as good: then an answer was lost.
    async fn ask(&self, what: &str, dice: &mut Dice) {
        let url = format!("http://{}/api/v1/rooms/{}/{what}", self.host, self.room);
        loop {
            let asked = self.http.post(&url).bearer_auth(&self.account.token);
            let answer = asked.timeout(Duration::from_secs(2)).send().await;
            if answer.is_ok_and(|answer| matches!(answer.status().as_u16(), 200 | 204 | 404)) {
                return;
            }
            sleep(dice.upto(Duration::from_millis(200))).await;
        }
    }
}
