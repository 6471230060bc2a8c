//! Numbers of the whole cluster, counted every so often: how many tenants are ready, and the like.

use std::sync::Arc;

use kube::api::{Api, ApiResource, DynamicObject, ListParams};
use kube::core::GroupVersionKind;
use tokio_util::sync::CancellationToken;
use vaultpilot_core::Duration;
use vaultpilot_crds::name::{GROUP, VERSION};

use crate::context::Context;

const EVERY: Duration = Duration::from_secs(30);

pub async fn run(ctx: Arc<Context>, stop: CancellationToken) {
    loop {
        if let Err(error) = count(&ctx).await {
            tracing::debug!(%error, "objects are not counted");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn count(ctx: &Context) -> Result<(), kube::Error> {
    let kinds = [
        ("tenant", "Tenant", "tenants"),
        ("wallet", "Wallet", "wallets"),
        ("policy", "Policy", "policies"),
        ("strategy", "Strategy", "strategies"),
    ];
    for (controller, kind, plural) in kinds {
        let gvk = GroupVersionKind::gvk(GROUP, VERSION, kind);
        let resource = ApiResource::from_gvk_with_plural(&gvk, plural);
        let api: Api<DynamicObject> = Api::all_with(ctx.cluster.client(), &resource);
        let found = api.list(&ListParams::default()).await?.items;
        let holding = |condition: &str| {
            let holds = |object: &&DynamicObject| is(object, condition);
            found.iter().filter(holds).count()
        };
        ctx.metrics
            .deletions_blocked(controller, holding("DeletionBlocked"));
        match kind {
            "Tenant" => {
                let ready = holding("Ready");
                ctx.metrics.tenants(ready, found.len() - ready);
                ctx.metrics.endpoints_verified(holding("EndpointVerified"));
            }
            "Wallet" => {
                let (ready, frozen) = (holding("Ready"), holding("Frozen"));
                let usable = found
                    .iter()
                    .filter(|one| is(one, "Ready") && !is(one, "Frozen"));
                ctx.metrics.wallets("ready", usable.count());
                ctx.metrics.wallets("frozen", frozen);
                ctx.metrics.wallets("not_ready", found.len() - ready);
            }
            _ => {}
        }
    }
    Ok(())
}

fn is(object: &DynamicObject, condition: &str) -> bool {
    let conditions = object.data["status"]["conditions"].as_array();
    conditions
        .into_iter()
        .flatten()
        .any(|known| known["type"] == condition && known["status"] == "True")
}
