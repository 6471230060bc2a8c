//! The four controllers: what they watch, and what wakes them.
//!
//! Own kinds are watched whole, everything else by its metadata only. A controller looks again when
//! an object's spec, labels, annotations or finalizers change, not when its status does.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use futures::{Stream, StreamExt as _};
use k8s_openapi::api::core::v1::Namespace;
use kube::api::{Api, DynamicObject, PartialObjectMeta};
use kube::core::DeserializeGuard;
use kube::runtime::controller::{Config, Controller};
use kube::runtime::reflector::{self, ObjectRef, Store};
use kube::runtime::watcher::{self, watcher};
use kube::runtime::{PredicateConfig, WatchStreamExt as _, predicates};
use kube::{Client, Resource, ResourceExt};
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;
use vaultpilot_crds::name::TENANT_LABEL;
use vaultpilot_crds::{Policy, Strategy, Tenant, Wallet};

use crate::context::Context;
use crate::error::Error;
use crate::mark;
use crate::pass::{Passes, Reconciled};
use crate::piece::Kind;

type Guarded<K> = DeserializeGuard<K>;

/// Passes at once in one controller.
const CONCURRENCY: u16 = 8;
/// Several changes of one object within this time are one pass.
const DEBOUNCE: Duration = Duration::from_millis(200);

/// Works until `stop`, and then until passes that have begun are through.
pub async fn run(ctx: Arc<Context>, streaming: bool, stop: CancellationToken) {
    let watch = Watch {
        client: ctx.cluster.client(),
        streaming,
    };
    tokio::join!(
        tenants(&ctx, &watch, stop.clone()),
        wallets(&ctx, &watch, stop.clone()),
        policies(&ctx, &watch, stop.clone()),
        strategies(&ctx, &watch, stop),
    );
}

struct Watch {
    client: Client,
    /// Whether the API server can send a list as a stream.
    streaming: bool,
}

impl Watch {
    fn config(&self) -> watcher::Config {
        let config = watcher::Config::default();
        if self.streaming {
            config.streaming_lists()
        } else {
            config
        }
    }

    /// The kind of a controller: its objects, and those whose change is worth a pass.
    fn own<K>(
        &self,
    ) -> (
        Store<Guarded<K>>,
        impl Stream<Item = Result<Guarded<K>, watcher::Error>> + Send + 'static + use<K>,
    )
    where
        K: Resource<DynamicType = ()> + Clone + DeserializeOwned + Debug + Send + Sync + 'static,
    {
        let (store, writer) = reflector::store();
        let changes = watcher(Api::<Guarded<K>>::all(self.client.clone()), self.config())
            .default_backoff()
            .reflect(writer)
            .applied_objects()
            .predicate_filter(
                |object: &Guarded<K>| {
                    let hash = [
                        predicates::generation(object),
                        predicates::labels(object),
                        predicates::annotations(object),
                        predicates::finalizers(object),
                        Some(u64::from(object.meta().deletion_timestamp.is_some())),
                    ];
                    Some(
                        hash.into_iter()
                            .flatten()
                            .fold(17, |all: u64, one| all.wrapping_mul(31).wrapping_add(one)),
                    )
                },
                PredicateConfig::default(),
            );
        (store, changes)
    }

    /// Another kind, by metadata; deletions too.
    fn other<K>(
        &self,
        selector: &str,
    ) -> impl Stream<Item = Result<PartialObjectMeta<K>, watcher::Error>> + Send + 'static + use<K>
    where
        K: Resource<DynamicType = ()> + Clone + DeserializeOwned + Debug + Send + 'static,
    {
        let config = self.config().labels(selector);
        watcher(
            Api::<PartialObjectMeta<K>>::all(self.client.clone()),
            config,
        )
        .default_backoff()
        .touched_objects()
    }
}

async fn tenants(ctx: &Arc<Context>, watch: &Watch, stop: CancellationToken) {
    let (store, changes) = watch.own::<Tenant>();
    let mut controller = Controller::for_stream(changes, store.clone());
    for kind in Kind::ALL {
        // An API that is not there is looked for again at the next start.
        if kind == Kind::HttpRoute && !has_http_route(&watch.client).await {
            continue;
        }
        let resource = kind.resource();
        let api =
            Api::<PartialObjectMeta<DynamicObject>>::all_with(watch.client.clone(), &resource);
        let config = watch.config().labels(&mark::selector_of_all());
        let touched = watcher(api, config).default_backoff().touched_objects();
        controller = controller.watches_stream_with(touched, tenant_of_label, resource);
    }
    // Counts of wallets and strategies, policies that are named, and what a deletion waits for.
    controller = controller
        .watches_stream(watch.other::<Wallet>(""), in_namespace(store.clone()))
        .watches_stream(watch.other::<Strategy>(""), in_namespace(store.clone()))
        .watches_stream(watch.other::<Policy>(""), in_namespace(store.clone()));
    drive(ctx, controller, stop).await;
}

async fn wallets(ctx: &Arc<Context>, watch: &Watch, stop: CancellationToken) {
    let (store, changes) = watch.own::<Wallet>();
    let controller = Controller::for_stream(changes, store.clone())
        .watches_stream(
            watch.other::<Namespace>(TENANT_LABEL),
            of_namespace(store.clone()),
        )
        .watches_stream(watch.other::<Policy>(""), beside(store.clone()))
        .watches_stream(watch.other::<Strategy>(""), beside(store));
    drive(ctx, controller, stop).await;
}

async fn policies(ctx: &Arc<Context>, watch: &Watch, stop: CancellationToken) {
    let (store, changes) = watch.own::<Policy>();
    let controller = Controller::for_stream(changes, store.clone())
        .watches_stream(
            watch.other::<Namespace>(TENANT_LABEL),
            of_namespace(store.clone()),
        )
        .watches_stream(watch.other::<Wallet>(""), beside(store));
    drive(ctx, controller, stop).await;
}

async fn strategies(ctx: &Arc<Context>, watch: &Watch, stop: CancellationToken) {
    let (store, changes) = watch.own::<Strategy>();
    let controller = Controller::for_stream(changes, store.clone())
        .watches_stream(
            watch.other::<Namespace>(TENANT_LABEL),
            of_namespace(store.clone()),
        )
        .watches_stream(watch.other::<Wallet>(""), beside(store));
    drive(ctx, controller, stop).await;
}

/// Runs a controller. What fails is the trouble of one object: the stream goes on.
async fn drive<K: Reconciled>(
    ctx: &Arc<Context>,
    controller: Controller<Guarded<K>>,
    stop: CancellationToken,
) {
    let passes = Arc::new(Passes::new(K::CONTROLLER, ctx.clone()));
    let config = Config::default()
        .concurrency(CONCURRENCY)
        .debounce(DEBOUNCE);
    let reconcile = |object: Arc<Guarded<K>>, passes: Arc<Passes>| async move {
        passes.pass(object.as_ref()).await
    };
    let after = |object: Arc<Guarded<K>>, error: &Error, passes: Arc<Passes>| {
        passes.after(object.as_ref(), error)
    };
    controller
        .with_config(config)
        .graceful_shutdown_on(stop.cancelled_owned())
        .run(reconcile, after, passes)
        .for_each(|_| std::future::ready(()))
        .await;
}

/// The tenant an object was made for, by its label.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the controller asks for this shape"
)]
fn tenant_of_label<K: Resource>(object: K) -> Option<ObjectRef<Guarded<Tenant>>> {
    let tenant = object.labels().get(TENANT_LABEL)?;
    Some(ObjectRef::new(tenant))
}

/// The tenant whose namespace the object is in.
fn in_namespace<K: Resource>(
    store: Store<Guarded<Tenant>>,
) -> impl Fn(K) -> Vec<ObjectRef<Guarded<Tenant>>> + Send + Sync + 'static {
    move |object| {
        let namespace = object.namespace();
        let named = |tenant: &Arc<Guarded<Tenant>>| {
            let tenant = tenant.0.as_ref().ok();
            let claimed = tenant.map(|tenant| {
                crate::tenant::validate::namespace_of(&tenant.name_any(), &tenant.spec)
            });
            claimed.is_some() && claimed == namespace
        };
        let tenants = store.state().into_iter().filter(named);
        tenants
            .map(|tenant| ObjectRef::new(&tenant.name_any()))
            .collect()
    }
}

/// Everything of the kind in the object's namespace.
fn beside<K, Other: Resource>(
    store: Store<Guarded<K>>,
) -> impl Fn(Other) -> Vec<ObjectRef<Guarded<K>>> + Send + Sync + 'static
where
    K: Resource<DynamicType = ()> + Clone + Send + Sync + 'static,
{
    move |object| all_of(&store, object.namespace().as_deref())
}

/// Everything of the kind in the namespace that the object is.
fn of_namespace<K, Other: Resource>(
    store: Store<Guarded<K>>,
) -> impl Fn(Other) -> Vec<ObjectRef<Guarded<K>>> + Send + Sync + 'static
where
    K: Resource<DynamicType = ()> + Clone + Send + Sync + 'static,
{
    move |namespace| all_of(&store, Some(&namespace.name_any()))
}

fn all_of<K>(store: &Store<Guarded<K>>, namespace: Option<&str>) -> Vec<ObjectRef<Guarded<K>>>
where
    K: Resource<DynamicType = ()> + Clone + 'static,
{
    store
        .state()
        .iter()
        .filter(|object| object.namespace().as_deref() == namespace)
        .map(|object| ObjectRef::from_obj(object.as_ref()))
        .collect()
}

async fn has_http_route(client: &Client) -> bool {
    let group = client
        .list_api_group_resources("gateway.networking.k8s.io/v1")
        .await;
    group.is_ok_and(|list| {
        list.resources
            .iter()
            .any(|one| one.kind == Kind::HttpRoute.as_str())
    })
}
