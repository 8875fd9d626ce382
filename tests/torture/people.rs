//! People and rooms, put straight into the database's file: signing up a thousand people would take
//! longer than the test.

use digital_messages::shared::ids::{RoomId, UserId};
use sha2::{Digest, Sha256};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, Executor};
use std::path::Path;
use std::time::Duration;

/// Somebody who is signed in.
#[derive(Clone)]
pub struct Account {
    pub id: UserId,
    pub token: String,
    pub rooms: Vec<RoomId>,
}

/// Opens the database as a program beside the server.
pub async fn open(file: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .busy_timeout(Duration::from_secs(5))
        // The log is the server's to move.
        .pragma("wal_autocheckpoint", "0");
    SqliteConnection::connect_with(&options)
        .await
        .expect("the server's database")
}

/// Fills an empty database: so many rooms, and for each person the rooms that `goes` says.
pub async fn settle(
    file: &Path,
    people: usize,
    rooms: usize,
    goes: impl Fn(usize, usize) -> bool,
) -> Vec<Account> {
    let mut database = open(file).await;
    let mut tx = database.begin().await.unwrap();
    let mut accounts = Vec::new();
    for number in 0..people {
        accounts.push(account(&mut tx, number).await);
    }
    for room in 0..rooms {
        let id = RoomId(room as i64 + 1);
        let members = accounts
            .iter_mut()
            .enumerate()
            .filter(|(person, _)| goes(*person, room));
        let members: Vec<&mut Account> = members.map(|(_, account)| account).collect();
        furnish(&mut tx, id, &members).await;
        members.into_iter().for_each(|account| account.rooms.push(id));
    }
    tx.commit().await.unwrap();
    database.close().await.unwrap();
    accounts
}

async fn account(tx: &mut SqliteConnection, number: usize) -> Account {
    let (id, token) = (number as i64 + 1, format!("{:064x}", number + 1));
    let user = "INSERT INTO users (id, handle, handle_key, name, search_key, password_hash, created_at)
                VALUES ($1, $2, $2, $2, $2, 'none', 0)";
    tx.execute(sqlx::query(user).bind(id).bind(format!("person{id}")))
        .await
        .unwrap();
    let session = "INSERT INTO sessions (token_hash, user_id, created_at) VALUES ($1, $2, $3)";
    let hash = Sha256::digest(token.as_bytes()).to_vec();
    let now = digital_messages::shared::ids::now();
    tx.execute(sqlx::query(session).bind(hash).bind(id).bind(now))
        .await
        .unwrap();
    Account {
        id: UserId(id),
        token,
        rooms: Vec::new(),
    }
}

/// A room and its members, each of whom came at a version of their own.
async fn furnish(tx: &mut SqliteConnection, room: RoomId, members: &[&mut Account]) {
    let made = "INSERT INTO rooms (id, kind, name, search_key, version, row_version, created_at)
                VALUES ($1, 'open', $2, $2, $3, 1, 0)";
    let made = sqlx::query(made)
        .bind(room.0)
        .bind(format!("room {room}"))
        .bind(members.len() as i64 + 1);
    tx.execute(made).await.unwrap();
    for (number, account) in members.iter().enumerate() {
        let came = "INSERT INTO memberships (room_id, user_id, version, joined_version, last_read)
                    VALUES ($1, $2, $3, $3, $3)";
        let came = sqlx::query(came)
            .bind(room.0)
            .bind(account.id.0)
            .bind(number as i64 + 2);
        tx.execute(came).await.unwrap();
    }
}
