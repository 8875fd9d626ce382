//! The real program, as a process of its own that can be killed.

use std::fs::OpenOptions;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

/// Nothing that the server does once takes so long.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server on one database and one port, running or not. It is killed when this is dropped.
pub struct Server {
    pub addr: SocketAddr,
    pub database: PathBuf,
    log: PathBuf,
    env: Vec<(String, String)>,
    child: Option<Child>,
}

impl Server {
    /// Not started yet.
    pub fn new(database: PathBuf, log: &Path) -> Server {
        let addr = SocketAddr::from(([127, 0, 0, 1], free_port()));
        Server {
            addr,
            database,
            log: log.join("server.log"),
            env: Vec::new(),
            child: None,
        }
    }

    /// From the next start on.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.env.retain(|(known, _)| known != name);
        self.env.push((name.into(), value.into()));
    }

    pub fn unset(&mut self, name: &str) {
        self.env.retain(|(known, _)| known != name);
    }

    /// Starts it and waits until it answers.
    pub async fn start(&mut self) {
        self.launch();
        assert!(
            self.up().await,
            "the server does not come up; its log is {}",
            self.log.display()
        );
    }

    /// Starts it, whatever becomes of it.
    pub fn launch(&mut self) {
        assert!(self.child.is_none(), "it runs already");
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.log)
            .unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_digital-messages"))
            .args(["serve", "--rate-limits", "off", "--log", "warn", "--addr"])
            .arg(self.addr.to_string())
            .arg("--database-url")
            .arg(&self.database)
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn();
        self.child = Some(child.expect("the server's program"));
    }

    /// Waits until it answers. False: it ended instead, or takes too long.
    pub async fn up(&mut self) -> bool {
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(1))
            .build()
            .unwrap();
        let since = Instant::now();
        while since.elapsed() < PATIENCE && self.runs() {
            let asked = http.get(format!("http://{}/up", self.addr)).send().await;
            if asked.is_ok_and(|answer| answer.status().is_success()) {
                return true;
            }
            sleep(Duration::from_millis(5)).await;
        }
        false
    }

    pub fn runs(&mut self) -> bool {
        self.child
            .as_mut()
            .is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// Ends it at once, as the kernel does when memory is short.
    pub async fn kill(&mut self) {
        let mut child = self.child.take().expect("it runs");
        child.kill().await.unwrap();
    }

    /// Asks it to end, as an operator does.
    pub async fn stop(&mut self) {
        self.signal("TERM");
        assert!(
            self.ended().await,
            "the server does not stop; its log is {}",
            self.log.display()
        );
    }

    /// Waits until it has ended by itself. False: it goes on.
    pub async fn ended(&mut self) -> bool {
        let mut child = self.child.take().expect("it runs");
        match timeout(PATIENCE, child.wait()).await {
            Ok(_) => true,
            Err(_) => {
                child.kill().await.unwrap();
                false
            }
        }
    }

    pub fn signal(&self, name: &str) {
        let id = self.child.as_ref().and_then(Child::id).expect("it runs");
        let sent = std::process::Command::new("kill")
            .args(["-s", name, &id.to_string()])
            .status();
        assert!(sent.unwrap().success());
    }

    /// Bytes of memory that it holds.
    pub fn memory(&self) -> u64 {
        let id = self.child.as_ref().and_then(Child::id).expect("it runs");
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .expect("Linux");
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }
}

/// Below the ports that the system gives to outgoing connections, so that none of those takes it
/// while the server is down.
fn free_port() -> u16 {
    let mut dice = super::dice::Dice::new(std::process::id().into());
    let ports = std::iter::repeat_with(|| 20_000 + dice.below(10_000) as u16);
    let mut free = ports.filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.next().expect("ten thousand of them")
}
