//! Everything in one process: deciding side, signing side, MCP and REST doors, timers, metrics.
//!
//! Started from below (data, keys, chains) upwards (use-cases, doors), drained in the other order.

mod args;
mod banner;
mod chain;
mod data;
mod door;
mod error;
mod fanout;
mod first_start;
mod gauge;
mod house;
mod keys;
mod live;
mod secret;
mod settle;

pub use args::UpArgs;
pub use banner::Banner;
pub use error::StartError;
pub use first_start::{prepare_data_dir, read_owner_key, write_owner_key};
pub use live::Live;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use vaultpilot_config::LogFormat;
use vaultpilot_telemetry::{LogShape, init_tracing};

use crate::command::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::place;
use door::Doors;
use house::House;

/// # Errors
/// What happened, why, and the next command.
pub async fn run(args: &UpArgs, ctx: &Context) -> Result<Exit, Failure> {
    let loaded = place::load(&ctx.global, &ctx.env, args.flags())?;
    let config = &loaded.config;
    let shape = match config.log.format {
        LogFormat::Text => LogShape::Text,
        LogFormat::Json => LogShape::Json,
    };
    init_tracing(&config.log.level, shape)?;
    // The one provider of TLS; a second call would find the first one's choice.
    let _ = rustls::crypto::ring::default_provider().install_default();
    prepare_data_dir(&config.data.dir)?;
    // A process that signs leaves no core dump, or does not start.
    vaultpilot_keys::harden_process().map_err(StartError::from)?;

    #[cfg(feature = "failpoints")]
    crate::failpoint::arm(&ctx.env);

    let stop = CancellationToken::new();
    // Doors and workers end when told to; those who write down what they did end after them, when
    // nobody is left to give them anything.
    let (tasks, writers) = (TaskTracker::new(), TaskTracker::new());
    // Heard from the first moment: an interrupt while starting drains what has started.
    tasks.spawn(interrupted(stop.clone())?);
    let house = House::start(args, &loaded, ctx, &writers).await?;
    let doors = Doors::open(config, &house).await?;
    let server = doors.server_file(&house);
    let admin_url = house.admin_link(doors.base_url());
    let (metrics_url, data_dir) = (
        server.metrics_url.clone(),
        config.data.dir.display().to_string(),
    );
    let banner = Banner {
        api_url: doors.base_url(),
        admin_url: &admin_url,
        mcp_url: &server.mcp_url,
        data_dir: &data_dir,
        metrics_url: &metrics_url,
        agent_key: house.agent_key.as_ref(),
        exposed: config.server.is_exposed(),
    };
    house.report_chains(&ctx.screen);
    ctx.screen.line(banner.text(&ctx.screen))?;
    server.write(&config.data.dir)?;
    doors.serve(&house, &tasks, &writers, &stop);
    house.run(&tasks, &stop);

    stop.cancelled().await;
    server.remove(&config.data.dir);
    ctx.screen
        .talk("draining: what is under way is finished or goes on at the next start");
    tasks.close();
    tasks.wait().await;
    house.close().await;
    writers.close();
    writers.wait().await;
    Ok(Exit::Ok)
}

/// Ctrl-C or SIGTERM, whichever comes first.
fn interrupted(stop: CancellationToken) -> Result<impl Future<Output = ()>, Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            () = stop.cancelled() => {}
        }
        stop.cancel();
    })
}
