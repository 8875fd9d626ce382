//! Starting and stopping. `main` and the tests start the same application here.

use crate::router::router;
use crate::server::config::Config;
use crate::server::state::AppState;
use anyhow::Context;
use axum::serve::ListenerExt;
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing_subscriber::EnvFilter;

/// What is in flight when the server is told to stop has so long to finish.
const GRACE: Duration = Duration::from_secs(4);

/// A server that runs.
pub struct Server {
    /// Where it listens; the port is the one it got.
    pub addr: SocketAddr,
    state: AppState,
    stop: watch::Sender<bool>,
    task: JoinHandle<std::io::Result<()>>,
    clock: JoinHandle<()>,
}

impl Server {
    /// Opens the database, takes the port and serves.
    ///
    /// # Errors
    /// A sentence for whoever starts it: as `Store::open`, and a port that is taken.
    pub async fn start(config: Config) -> anyhow::Result<Server> {
        let wanted = config.addr;
        let listener = TcpListener::bind(wanted).await.with_context(|| {
            format!("The address {wanted} can't be listened on. Is another program using it?")
        })?;
        let addr = listener.local_addr()?;
        let state = AppState::open(config).await?;
        let app = router(state.clone()).into_make_service_with_connect_info::<SocketAddr>();
        // Without this a page that is streamed waits 40 ms for the other side's acknowledgement.
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        let (stop, stopped) = watch::channel(false);
        let hub = state.hub.clone();
        let shutdown = async move {
            let _ = stopped.clone().wait_for(|stopped| *stopped).await;
            hub.stop();
        };
        let task =
            tokio::spawn(async move { axum::serve(listener, app).with_graceful_shutdown(shutdown).await });
        let clock = tokio::spawn(state.clock.clone().run(state.store.clone()));
        Ok(Server {
            addr,
            state,
            stop,
            task,
            clock,
        })
    }

    /// Finishes what is in flight, closes the sockets with 1001, then the database.
    ///
    /// # Errors
    /// The listener's.
    pub async fn stop(self) -> anyhow::Result<()> {
        let _ = self.stop.send(true);
        let abort = self.task.abort_handle();
        match tokio::time::timeout(GRACE, self.task).await {
            Ok(done) => done??,
            Err(_) => {
                tracing::warn!("something was still in flight; ending all the same");
                abort.abort();
            }
        }
        self.clock.abort();
        self.state.store.close().await;
        Ok(())
    }

    /// Serves until SIGTERM or Ctrl+C.
    ///
    /// # Errors
    /// As [`stop`](Self::stop).
    pub async fn until_told(self) -> anyhow::Result<()> {
        println!("Digital messages: http://{}", self.addr);
        tracing::info!(addr = %self.addr, database = %self.state.config.database_url, "serving");
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        tracing::info!("stopping");
        self.stop().await
    }
}

/// For people on a terminal, as JSON for programs.
pub fn log(config: &Config) {
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let _ = if std::io::stderr().is_terminal() {
        subscriber.try_init()
    } else {
        subscriber.json().try_init()
    };
}
