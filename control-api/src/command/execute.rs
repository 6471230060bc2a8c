//! `control-api execute`: the signing zone. It listens to probes and to nobody else: its work is in
//! the store.

use std::sync::Arc;

use super::Context;
use super::start::Process;
use crate::failure::Failure;
use crate::house::{EndpointGauges, signing};

pub(super) async fn run(ctx: &Context) -> Result<(), Failure> {
    let loaded = ctx.load()?;
    let config = &loaded.config;
    let process = Process::begin(&loaded).await?;
    let Some(ground) = process.open(config).await? else {
        return Ok(());
    };
    // In a pod, the host's name is the pod's.
    let pod = ctx.env.get("HOSTNAME").unwrap_or_default();
    let holder = signing::holder(pod, ground.entropy.as_ref());
    tracing::info!(lease.holder = holder, probes = %config.probes.listen, "signing zone is open");
    let zone = signing::open(&ground, &config.keys, holder)?;
    process.hear(ground.store.as_ref(), &ground.feed).await?;
    process
        .readiness
        .open(Arc::clone(&ground.store), Arc::clone(&ground.metrics));
    process.tasks.spawn(zone.run(process.stop.clone()));
    let gauges = EndpointGauges {
        metrics: Arc::clone(&ground.metrics),
        chains: ground.chains.clone(),
    };
    process.tasks.spawn(gauges.run(process.stop.clone()));
    let (writers, probes, probing) = process.last();
    process.end().await;
    Process::close(writers, probes, probing).await;
    Ok(())
}
