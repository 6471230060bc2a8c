//! What of a tenant's own is in its namespace.

use kube::ResourceExt as _;
use kube::api::{Api, ApiResource, DynamicObject, ListParams};
use kube::core::GroupVersionKind;
use vaultpilot_crds::name::{GROUP, VERSION};
use vaultpilot_crds::tenant::{StrategyCounts, WalletCounts};

use crate::context::Context;
use crate::error::{Error, is_not_found};

#[derive(Debug, Clone, Default)]
pub struct Census {
    pub wallets: WalletCounts,
    pub strategies: StrategyCounts,
    /// `Wallet/treasury`, and the like for strategies.
    pub names: Vec<String>,
}

pub async fn census(ctx: &Context, namespace: &str) -> Result<Census, Error> {
    let wallets = objects(ctx, namespace, "Wallet", "wallets").await?;
    let strategies = objects(ctx, namespace, "Strategy", "strategies").await?;
    let count = |objects: &[DynamicObject], holds: &dyn Fn(&DynamicObject) -> bool| {
        let number = objects.iter().filter(|object| holds(object)).count();
        i32::try_from(number).unwrap_or(i32::MAX)
    };
    let suspended = |object: &DynamicObject| is(object, "Suspended");
    let names = |kind: &'static str, objects: &[DynamicObject]| -> Vec<String> {
        let named = |object: &DynamicObject| format!("{kind}/{}", object.name_any());
        objects.iter().map(named).collect()
    };
    Ok(Census {
        names: [names("Strategy", &strategies), names("Wallet", &wallets)].concat(),
        wallets: WalletCounts {
            total: count(&wallets, &|_| true),
            ready: count(&wallets, &|wallet| is(wallet, "Ready")),
            funded: count(&wallets, &|wallet| wallet.data["status"]["funded"] == true),
        },
        strategies: StrategyCounts {
            total: count(&strategies, &|_| true),
            active: count(&strategies, &|one| is(one, "Ready") && !suspended(one)),
            suspended: count(&strategies, &suspended),
        },
    })
}

fn is(object: &DynamicObject, condition: &str) -> bool {
    let conditions = object.data["status"]["conditions"].as_array();
    conditions
        .into_iter()
        .flatten()
        .any(|known| known["type"] == condition && known["status"] == "True")
}

/// As they are, whether they can be read or not: one that cannot still is one.
pub(crate) async fn objects(
    ctx: &Context,
    namespace: &str,
    kind: &str,
    plural: &str,
) -> Result<Vec<DynamicObject>, Error> {
    let gvk = GroupVersionKind::gvk(GROUP, VERSION, kind);
    let resource = ApiResource::from_gvk_with_plural(&gvk, plural);
    let api: Api<DynamicObject> = Api::namespaced_with(ctx.cluster.client(), namespace, &resource);
    match api.list(&ListParams::default()).await {
        Ok(list) => Ok(list.items),
        Err(error) if is_not_found(&error) => Ok(Vec::new()),
        Err(error) => Err(Error::cluster(format!("list {plural}"))(error)),
    }
}
