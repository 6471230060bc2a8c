//! `control-api serve`: the deciding zone.
//!
//! The scheduler of approvals runs here: what it does is a decision, needs no key, and is idempotent
//! under the store's own conflicts, so that every replica may run one.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use vaultpilot_app::{App, Scheduler};
use vaultpilot_config::HostedConfig;

use super::Context;
use super::start::{Process, bind};
use crate::failure::{Failure, chain};
use crate::grpc::{Door, Porter, Services, Tls};
use crate::hosted::Hosted;
use crate::house::{ChainWatch, EndpointGauges, Ground, deciding, secret};
use crate::identity::{KnownNamespaces, KnownTokens, Seal, TokenReviews};

pub(super) async fn run(ctx: &Context) -> Result<(), Failure> {
    let loaded = ctx.load()?;
    let config = &loaded.config;
    let process = Process::begin(&loaded).await?;
    // What no waiting mends is told before anything is waited for.
    let tls = Arc::new(Tls::open(&config.grpc)?);
    let seal = Seal::new(secret::bytes(&config.keys.context_file)?);
    let reviews = TokenReviews::new(&config.identity)?;
    let Some(ground) = process.open(config).await? else {
        return Ok(());
    };
    let app = deciding::open(&ground, &config.keys, &process.writers)?;
    process.hear(ground.store.as_ref(), &ground.feed).await?;
    let rest = bind(config.rest.listen).await?;
    let grpc = bind(config.grpc.listen).await?;
    let door = door(config, &ground, &app, seal, reviews, &process.stop)?;
    tracing::info!(
        rest = %config.rest.listen,
        grpc = %config.grpc.listen,
        probes = %config.probes.listen,
        "deciding zone is open"
    );
    process
        .readiness
        .open(Arc::clone(&ground.store), Arc::clone(&ground.metrics));
    background(&process, &ground, &app, &tls);
    process.tasks.spawn(people(
        rest,
        Hosted::new(config, &ground, &app).router(),
        process.stop.clone(),
    ));
    let (tasks, leaving, stop) = (
        process.tasks.clone(),
        process.leaving.clone(),
        process.stop.clone(),
    );
    process.tasks.spawn(async move {
        let served = door.serve(grpc, tls, &tasks, leaving, stop.clone()).await;
        if let Err(error) = served {
            tracing::error!(error = chain(&error), "gRPC door failed; the process ends");
        }
        stop.cancel();
    });
    let last = process.last();
    process.end().await;
    // The last handles to the audit queue go with them.
    drop((app, ground));
    let (writers, probes, probing) = last;
    Process::close(writers, probes, probing).await;
    Ok(())
}

fn door(
    config: &HostedConfig,
    ground: &Ground,
    app: &Arc<App>,
    seal: Seal,
    reviews: TokenReviews,
    stop: &CancellationToken,
) -> Result<Door, Failure> {
    let tokens = KnownTokens::new(Arc::new(reviews), Arc::clone(&ground.clock));
    let namespaces = KnownNamespaces::new(Arc::clone(&ground.store), Arc::clone(&ground.clock));
    let most = usize::try_from(config.grpc.max_in_flight).unwrap_or(usize::MAX);
    let porter = Porter::new(Arc::new(tokens), namespaces, &config.identity, most);
    let services = Services {
        app: Arc::clone(app),
        strategies: app.clone(),
        resources: app.clone(),
        seal,
        clock: Arc::clone(&ground.clock),
        stop: stop.clone(),
    };
    Ok(Door::new(services, Arc::new(porter), &config.grpc)?)
}

/// What works behind the doors.
fn background(process: &Process, ground: &Ground, app: &Arc<App>, tls: &Arc<Tls>) {
    let stop = &process.stop;
    let tasks = &process.tasks;
    tasks.spawn(Arc::clone(tls).renew(stop.clone()));
    tasks.spawn(Scheduler::new(Arc::clone(app)).run(stop.clone()));
    let watch = ChainWatch {
        chains: ground.chains.clone(),
        notifier: Arc::clone(&ground.notifier),
        clock: Arc::clone(&ground.clock),
    };
    tasks.spawn(watch.run(stop.clone()));
    let gauges = EndpointGauges {
        metrics: Arc::clone(&ground.metrics),
        chains: ground.chains.clone(),
    };
    tasks.spawn(gauges.run(stop.clone()));
}

/// The REST door.
async fn people(listener: TcpListener, router: axum::Router, stop: CancellationToken) {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let ended = stop.clone().cancelled_owned();
    let served = axum::serve(listener, service).with_graceful_shutdown(ended);
    if let Err(error) = served.await {
        tracing::error!(%error, "REST door failed; the process ends");
    }
    stop.cancel();
}
