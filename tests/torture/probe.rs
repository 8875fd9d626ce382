//! One message, to see whether and how soon the server answers.

use super::scene::Scene;
use digital_messages::shared::ids::ClientId;
use digital_messages::shared::message::Message;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// An answer that comes so late is none.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Probed {
    /// None: no answer at all.
    pub status: Option<u16>,
    pub took: Duration,
    pub message: Option<Message>,
}

/// Posts once, straight to the server.
pub async fn write(scene: &Scene) -> Probed {
    let (account, client_id) = (scene.sender(), ClientId::new());
    let (room, text) = (
        account.rooms[0],
        format!("probe{client_id} {}", scene.journal.now()),
    );
    scene.journal.posting(account.id, room, client_id, &text);
    let url = format!("http://{}/api/v1/rooms/{room}/messages", scene.server.addr);
    let body = json!({"client_id": client_id, "text": text});
    let since = Instant::now();
    let answer = scene
        .http
        .post(url)
        .bearer_auth(&account.token)
        .timeout(PATIENCE)
        .json(&body)
        .send()
        .await;
    let took = since.elapsed();
    let Ok(answer) = answer else {
        return Probed {
            status: None,
            took,
            message: None,
        };
    };
    let status = answer.status().as_u16();
    let message = if status == 200 {
        answer.json::<Message>().await.ok()
    } else {
        None
    };
    if let Some(message) = &message {
        scene.journal.posted(client_id, message);
    }
    Probed {
        status: Some(status),
        took,
        message,
    }
}

/// Reads a page, and answers with how long that took.
pub async fn read(scene: &Scene) -> (Option<u16>, Duration) {
    let account = scene.sender();
    let url = format!(
        "http://{}/api/v1/rooms/{}/messages",
        scene.server.addr, account.rooms[0]
    );
    let since = Instant::now();
    let answer = scene.http.get(url).bearer_auth(&account.token).send().await;
    (
        answer.ok().map(|answer| answer.status().as_u16()),
        since.elapsed(),
    )
}

/// How writing and reading went while something was wrong.
#[derive(Default)]
pub struct Seen {
    pub refused: usize,
    pub slowest_write: Duration,
    pub slowest_read: Duration,
    pub failed_reads: usize,
}

/// Writes and reads again and again for so long.
pub async fn watch(scene: &Scene, lasting: Duration) -> Seen {
    let (mut seen, since) = (Seen::default(), Instant::now());
    while since.elapsed() < lasting {
        let (written, (status, took)) = tokio::join!(write(scene), read(scene));
        seen.refused += usize::from(written.status == Some(503));
        seen.slowest_write = seen.slowest_write.max(written.took);
        seen.slowest_read = seen.slowest_read.max(took);
        seen.failed_reads += usize::from(status != Some(200));
        sleep(Duration::from_millis(50)).await;
    }
    seen
}

/// How long it takes until a message is taken again.
pub async fn recovery(scene: &Scene) -> Duration {
    let since = Instant::now();
    while since.elapsed() < Duration::from_secs(30) && write(scene).await.status != Some(200) {
        sleep(Duration::from_millis(50)).await;
    }
    since.elapsed()
}
