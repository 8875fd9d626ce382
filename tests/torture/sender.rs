//! Somebody who writes: one thing at a time in a room, and each again and again until it is answered.

use super::dice::Dice;
use super::journal::{Journal, Mark};
use super::people::Account;
use digital_messages::shared::ids::{ClientId, RoomId};
use digital_messages::shared::message::Message;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::sleep;

/// Without an answer for so long, it is asked again.
const PATIENCE: Duration = Duration::from_secs(2);

/// What senders give to some of their messages.
pub const REACTION: &str = "👍";
/// So many of its first messages each sender pins.
const PINS: u64 = 4;

pub struct Sender {
    pub account: Account,
    pub room: RoomId,
    pub http: Client,
    /// Where the server is to be reached: through the proxy.
    pub host: String,
    pub journal: Arc<Journal>,
    /// The pause between two messages, on average.
    pub pace: Duration,
    /// Characters of four bytes added to each text.
    pub padding: usize,
}

impl Sender {
    /// Writes until told to stop, and then until the last thing is answered.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let mut dice = Dice::new(((self.account.id.0 as u64) << 20) + self.room.0 as u64);
        let mut number = 0;
        while !*stop.borrow() {
            sleep(dice.upto(self.pace * 2)).await;
            number += 1;
            self.write(number, &mut dice).await;
        }
    }

    /// Some messages are edited, reacted to, pinned, and some deleted: each once, since an edit that comes late would
    /// undo a later one.
    async fn write(&self, number: u64, dice: &mut Dice) {
        let Some(message) = self.post(number).await else {
            return;
        };
        if dice.percent(20) {
            self.edit(&message).await;
        }
        if dice.percent(15) {
            self.mark(&message, Mark::Reaction).await;
        }
        // A room has room for a hundred.
        if number <= PINS {
            self.mark(&message, Mark::Pin).await;
        }
        if dice.percent(2) {
            self.remove(&message).await;
        }
    }

    async fn post(&self, number: u64) -> Option<Message> {
        let client_id = ClientId::new();
        let tag = format!("s{}r{}n{number}", self.account.id, self.room);
        let text = format!("{tag} {} {}", self.journal.now(), "🙂".repeat(self.padding));
        let text = text.trim_end();
        self.journal.posting(self.account.id, self.room, client_id, text);
        let path = format!("rooms/{}/messages", self.room);
        let body = json!({"client_id": client_id, "text": text});
        let message = self.answered(Method::POST, &path, &body).await?;
        self.journal.posted(client_id, &message);
        Some(message)
    }

    async fn edit(&self, message: &Message) {
        let text = format!("{} edited", message.text);
        self.journal.changing(message.client_id, Some(text.clone()));
        let path = format!("rooms/{}/messages/{}", self.room, message.position);
        if let Some(answer) = self.answered(Method::PUT, &path, &json!({"text": text})).await {
            self.journal.changed(message.client_id, &answer);
        }
    }

    async fn mark(&self, message: &Message, mark: Mark) {
        self.journal.marking(message.client_id, mark);
        let (end, body) = match mark {
            Mark::Reaction => ("reactions", json!({"emoji": REACTION, "on": true})),
            Mark::Pin => ("pin", json!({"on": true})),
        };
        let path = format!("rooms/{}/messages/{}/{end}", self.room, message.position);
        if self.answered(Method::PUT, &path, &body).await.is_some() {
            self.journal.marked(message.client_id, mark);
        }
    }

    async fn remove(&self, message: &Message) {
        self.journal.changing(message.client_id, None);
        let path = format!("rooms/{}/messages/{}", self.room, message.position);
        if let Some(answer) = self.answered(Method::DELETE, &path, &Value::Null).await {
            self.journal.changed(message.client_id, &answer);
        }
    }

    /// Asks until there is an answer. None: a refusal, which nothing here deserves.
    async fn answered(&self, method: Method, path: &str, body: &Value) -> Option<Message> {
        let mut dice = Dice::new(self.journal.now());
        loop {
            match self.ask(method.clone(), path, body).await {
                Ok(Some(message)) => return Some(message),
                Ok(None) => sleep(dice.between(Duration::from_millis(20), Duration::from_millis(250))).await,
                Err(refusal) => {
                    self.journal
                        .wrong(format!("I1 {method} {path} {body} was refused: {refusal}"));
                    return None;
                }
            }
        }
    }

    /// Once. None: no answer, or "try again".
    async fn ask(&self, method: Method, path: &str, body: &Value) -> Result<Option<Message>, String> {
        let url = format!("http://{}/api/v1/{path}", self.host);
        let request = self
            .http
            .request(method, url)
            .bearer_auth(&self.account.token)
            .timeout(PATIENCE);
        let request = if body.is_null() {
            request
        } else {
            request.json(body)
        };
        let Ok(response) = request.send().await else {
            return Ok(None);
        };
        match response.status().as_u16() {
            200 => Ok(response.json().await.ok()),
            429 | 503 => Ok(None),
            status => Err(format!("{status} {}", response.text().await.unwrap_or_default())),
        }
    }
}
