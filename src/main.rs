//! Command line → settings → logging → database → router → serve.

#[cfg(feature = "ssr")]
#[tokio::main]
async fn main() -> std::process::ExitCode {
    use clap::Parser;
    use digital_messages::serve;
    use digital_messages::server::config::{Cli, Command};
    use digital_messages::server::seed;

    let cli = Cli::parse();
    let done = match cli.command {
        Some(Command::Seed(config)) => {
            serve::log(&config);
            seed::seed(config).await
        }
        Some(Command::Serve(config)) => run(config).await,
        None => run(cli.serve).await,
    };

    async fn run(config: digital_messages::server::config::Config) -> anyhow::Result<()> {
        serve::log(&config);
        serve::Server::start(config).await?.until_told().await
    }

    match done {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

#[cfg(not(feature = "ssr"))]
fn main() {}
