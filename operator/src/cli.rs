//! The command line.

mod bootstrap;
mod crds;
mod pairs;
mod release_finalizers;
mod run;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Makes `VaultPilot`'s custom resources true in a cluster.
#[derive(Debug, Parser)]
#[command(name = "operator", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the controllers until it is told to stop.
    Run(Box<run::Arguments>),
    /// Makes the Secrets of the control plane that are missing. Overwrites none.
    Bootstrap(bootstrap::Arguments),
    /// Lets deleted resources go whose operator is gone for good. Their keys stay where they are.
    ReleaseFinalizers(release_finalizers::Arguments),
    /// Prints the definitions of the four kinds.
    Crds,
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Log(#[from] vaultpilot_telemetry::LogError),
    #[error("no cluster: neither a kubeconfig nor a service account was found")]
    NoCluster(#[from] kube::Error),
    #[error("{} cannot be read", path.display())]
    File {
        path: std::path::PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{argument}: {message}")]
    Argument {
        argument: &'static str,
        message: String,
    },
    #[error("control API cannot be used")]
    ControlApi(#[from] vaultpilot_proto::client::EndpointError),
    #[error(transparent)]
    Verifier(#[from] crate::verify::VerifierError),
    #[error(transparent)]
    Leader(#[from] crate::leader::LeaderError),
    #[error("{address} cannot be listened on")]
    Listen {
        address: std::net::SocketAddr,
        #[source]
        source: std::io::Error,
    },
    #[error(transparent)]
    Bootstrap(#[from] crate::bootstrap::BootstrapError),
    #[error("output cannot be written")]
    Output(#[from] std::io::Error),
    #[error("output cannot be made")]
    Encode(#[from] serde_json::Error),
    #[error("this releases finalizers; read `operator release-finalizers --help` and add --yes")]
    NotConfirmed,
    #[error("asynchronous runtime cannot be started")]
    Runtime(#[source] std::io::Error),
}

/// Parses the arguments, does what they say, and tells on standard error what went wrong.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    // Whichever comes first must not decide for the whole process by accident.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::Runtime);
    let done = runtime.and_then(|runtime| {
        runtime.block_on(async {
            match cli.command {
                Command::Run(arguments) => run::run(*arguments).await,
                Command::Bootstrap(arguments) => bootstrap::run(arguments).await,
                Command::ReleaseFinalizers(arguments) => release_finalizers::run(arguments).await,
                Command::Crds => crds::run(),
            }
        })
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            tell(&failure);
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "the log may not have begun")]
fn tell(failure: &Failure) {
    let mut words = failure.to_string();
    let mut cause = std::error::Error::source(failure);
    while let Some(source) = cause {
        words = format!("{words}: {source}");
        cause = source.source();
    }
    eprintln!("operator: {words}");
}
