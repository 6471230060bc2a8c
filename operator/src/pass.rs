//! What is the same in every pass, whatever the kind: objects that cannot be read, objects that are
//! paused, how long it took, and when to come again after an error.

use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use kube::api::{Api, DynamicObject, Patch, PatchParams};
use kube::core::{DeserializeGuard, error_boundary::InvalidObject};
use kube::runtime::controller::Action;
use kube::{Resource, ResourceExt};
use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::time::Instant;
use vaultpilot_core::Duration;
use vaultpilot_crds::name::PAUSED_ANNOTATION;
use vaultpilot_crds::{Condition, Policy, Strategy, Tenant, Wallet};

use crate::context::Context;
use crate::error::{Error, is_not_found};
use crate::mark::FIELD_MANAGER;
use crate::reason::Reason;
use crate::truth::Findings;

const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_mins(2);
/// 1 s · 2^7 is above the longest wait already.
const MAX_DOUBLINGS: u32 = 7;

/// When an object is looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    OnChange,
    After(Duration),
}

/// A kind that a controller works on.
#[async_trait]
pub trait Reconciled:
    Resource<DynamicType = ()> + Clone + DeserializeOwned + Debug + Send + Sync + 'static
{
    /// In metrics and logs.
    const CONTROLLER: &'static str;

    /// One pass over one object.
    async fn reconcile(&self, ctx: &Context) -> Result<Next, Error>;
}

macro_rules! reconciled {
    ($($kind:ty: $name:literal, $reconcile:path;)+) => {$(
        #[async_trait]
        impl Reconciled for $kind {
            const CONTROLLER: &'static str = $name;

            async fn reconcile(&self, ctx: &Context) -> Result<Next, Error> {
                $reconcile(ctx, self).await
            }
        }
    )+};
}

reconciled! {
    Tenant: "tenant", crate::tenant::reconcile::reconcile;
    Wallet: "wallet", crate::wallet::reconcile;
    Policy: "policy", crate::policy::reconcile;
    Strategy: "strategy", crate::strategy::reconcile;
}

/// The passes of one controller.
pub struct Passes {
    name: &'static str,
    ctx: Arc<Context>,
    /// Passes that failed one after the other, by object.
    failures: Mutex<HashMap<String, u32>>,
    running: AtomicUsize,
}

impl Passes {
    pub fn new(name: &'static str, ctx: Arc<Context>) -> Self {
        Self {
            name,
            ctx,
            failures: Mutex::default(),
            running: AtomicUsize::new(0),
        }
    }

    /// One pass over what the watch gave, if it can be read.
    ///
    /// # Errors
    /// What could not be done. The object comes again after a while that grows.
    pub async fn pass<K: Reconciled>(&self, object: &DeserializeGuard<K>) -> Result<Action, Error> {
        let started = Instant::now();
        let running = self.running.fetch_add(1, Ordering::Relaxed);
        self.ctx.metrics.queue_depth(self.name, running + 1);
        let (result, outcome) = match &object.0 {
            Err(invalid) => {
                let told = self.undecodable::<K>(invalid).await;
                ("undecodable", told.map(|()| Action::await_change()))
            }
            Ok(object) if is_paused(object) => ("paused", Ok(Action::await_change())),
            Ok(object) => match object.reconcile(&self.ctx).await {
                Ok(next) => ("ok", Ok(jittered(next, &key(object)))),
                Err(error) => ("error", Err(error)),
            },
        };
        if outcome.is_ok() {
            self.failures().remove(&key(object));
        }
        let running = self.running.fetch_sub(1, Ordering::Relaxed);
        self.ctx.metrics.queue_depth(self.name, running - 1);
        self.ctx
            .metrics
            .reconciled(self.name, result, started.elapsed());
        outcome
    }

    /// When an object whose pass failed comes again.
    pub fn after<K: Resource>(&self, object: &K, error: &Error) -> Action {
        let key = key(object);
        let failed = {
            let mut failures = self.failures();
            let failed = failures.entry(key.clone()).or_default();
            *failed = failed.saturating_add(1);
            *failed
        };
        let source = std::error::Error::source(error).map(ToString::to_string);
        tracing::warn!(controller = self.name, object = key, %error, source, failed, "pass failed");
        let doublings = failed.saturating_sub(1).min(MAX_DOUBLINGS);
        let wait = FIRST_WAIT.saturating_mul(1 << doublings).min(LONGEST_WAIT);
        Action::requeue(spread(wait, &format!("{key} {failed}")))
    }

    fn failures(&self) -> std::sync::MutexGuard<'_, HashMap<String, u32>> {
        // A panic elsewhere leaves numbers that are still numbers.
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says on the object itself that it cannot be read. It is not touched otherwise, and what was
    /// made of it before stays.
    async fn undecodable<K>(&self, invalid: &InvalidObject) -> Result<(), Error>
    where
        K: Resource<DynamicType = ()>,
    {
        let meta = &invalid.metadata;
        let Some(name) = meta.name.as_deref() else {
            return Ok(());
        };
        let resource = kube::api::ApiResource::erase::<K>(&());
        let client = self.ctx.cluster.client();
        let api: Api<DynamicObject> = match meta.namespace.as_deref() {
            Some(namespace) => Api::namespaced_with(client, namespace, &resource),
            None => Api::all_with(client, &resource),
        };
        let found = api
            .get_opt(name)
            .await
            .map_err(Error::cluster(format!("get {name}")))?;
        let Some(found) = found else {
            return Ok(());
        };
        let before: Vec<Condition> =
            serde_json::from_value(found.data["status"]["conditions"].clone()).unwrap_or_default();
        let mut findings = Findings::default();
        let words = format!("it cannot be read as a {}: {}", K::kind(&()), invalid.error);
        findings.stalls("Accepted", Reason::Undecodable, words);
        let after = findings.conditions(&before, meta.generation, self.ctx.clock.now());
        let same = |known: &Condition| before.contains(known);
        if after.iter().all(same) {
            return Ok(());
        }
        let kept = before
            .iter()
            .filter(|known| !after.iter().any(|new| new.type_ == known.type_));
        let conditions: Vec<&Condition> = after.iter().chain(kept).collect();
        let patch = json!({ "status": {
            "observedGeneration": meta.generation,
            "conditions": conditions,
        } });
        let params = PatchParams {
            field_manager: Some(FIELD_MANAGER.to_owned()),
            ..PatchParams::default()
        };
        match api.patch_status(name, &params, &Patch::Merge(&patch)).await {
            Ok(_) => Ok(()),
            Err(error) if is_not_found(&error) => Ok(()),
            Err(error) => Err(Error::cluster(format!("status of {name}"))(error)),
        }
    }
}

pub fn is_paused<K: Resource>(object: &K) -> bool {
    object
        .annotations()
        .get(PAUSED_ANNOTATION)
        .is_some_and(|paused| paused == "true")
}

fn key<K: Resource>(object: &K) -> String {
    match object.namespace() {
        Some(namespace) => format!("{namespace}/{}", object.name_any()),
        None => object.name_any(),
    }
}

/// So that what was made together does not come back together.
fn jittered(next: Next, key: &str) -> Action {
    match next {
        Next::After(wait) => Action::requeue(spread(wait, key)),
        Next::OnChange => Action::await_change(),
    }
}

/// Up to a fifth longer: always the same for the same object.
fn spread(wait: Duration, key: &str) -> Duration {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    let share = u32::try_from(hasher.finish() % 200).unwrap_or_default();
    wait.saturating_add(wait.saturating_mul(share) / 1000)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::spread;

    #[test]
    fn waits_are_spread_by_a_fifth_at_most() {
        let wait = Duration::from_secs(100);
        let spreads: std::collections::BTreeSet<Duration> = (0..50)
            .map(|object| spread(wait, &format!("acme/{object}")))
            .collect();
        assert!(spreads.len() > 20);
        assert!(spreads.iter().all(|one| (wait..wait * 6 / 5).contains(one)));
        assert_eq!(spread(wait, "acme/1"), spread(wait, "acme/1"));
    }
}
