//! What the cluster says that a tenant depends on. Reads only.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{Namespace, Pod, Service};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use kube::api::{Api, ListParams};
use kube::{Resource, ResourceExt};
use vaultpilot_core::TenantName;
use vaultpilot_crds::name::{GROUP, TENANT_LABEL, VERSION};
use vaultpilot_crds::{Policy, Tenant};

use super::facts::{Apis, Facts, NamespaceFact, Origin, PodPort, ServiceFact, ServiceName};
use super::validate::{namespace_of, services_named};
use crate::context::Context;
use crate::error::{Error, is_not_found};
use crate::mark;

pub async fn dereference(ctx: &Context, tenant: &Tenant) -> Result<Facts, Error> {
    let name = tenant.name_any();
    let namespace = namespace_of(&name, &tenant.spec);
    let client = ctx.cluster.client();
    let rival = rival(ctx, tenant, &namespace).await?;
    let found = Api::<Namespace>::all(client).get_opt(&namespace).await;
    let found = found.map_err(Error::cluster(format!("get Namespace {namespace}")))?;
    let found = match found {
        Some(found) => Some(namespace_fact(ctx, &name, &found).await?),
        None => None,
    };
    let policies = match &found {
        Some(_) => policies(ctx, &namespace).await?,
        None => BTreeMap::new(),
    };
    let mut services = BTreeMap::new();
    for service in services_named(&tenant.spec, &ctx.settings) {
        if let Some(fact) = service_fact(ctx, &service).await? {
            services.insert(service, fact);
        }
    }
    Ok(Facts {
        namespace: found,
        rival,
        apis: apis(ctx).await?,
        api_server: api_server(ctx).await?,
        services,
        policies,
    })
}

/// Of tenants that claim one namespace the oldest has it.
async fn rival(ctx: &Context, tenant: &Tenant, namespace: &str) -> Result<Option<String>, Error> {
    // As metadata and spec only: a neighbour that cannot be read is its own trouble, not ours.
    let resource = kube::api::ApiResource::from_gvk_with_plural(
        &kube::core::GroupVersionKind::gvk(GROUP, VERSION, "Tenant"),
        "tenants",
    );
    let api: Api<kube::api::DynamicObject> = Api::all_with(ctx.cluster.client(), &resource);
    let all = api.list(&ListParams::default()).await;
    let all = all.map_err(Error::cluster("list Tenants"))?;
    let age = |meta: &kube::api::ObjectMeta| {
        (
            meta.creation_timestamp.clone().map(|time| time.0),
            meta.uid.clone(),
        )
    };
    let ours = age(&tenant.metadata);
    let mut rivals: Vec<_> = all
        .items
        .into_iter()
        .filter(|other| other.metadata.uid != tenant.metadata.uid)
        .filter(|other| {
            let named = other.data["spec"]["namespace"]["name"].as_str();
            let claimed = named.map_or_else(
                || {
                    format!(
                        "{}{}",
                        vaultpilot_crds::name::NAMESPACE_PREFIX,
                        other.name_any()
                    )
                },
                str::to_owned,
            );
            claimed == namespace && age(&other.metadata) < ours
        })
        .collect();
    rivals.sort_by_key(|other| age(&other.metadata));
    Ok(rivals.first().map(kube::ResourceExt::name_any))
}

async fn namespace_fact(
    ctx: &Context,
    tenant: &str,
    found: &Namespace,
) -> Result<NamespaceFact, Error> {
    let meta = found.meta();
    let ours = tenant
        .parse::<TenantName>()
        .is_ok_and(|tenant| mark::is_ours(meta, &tenant));
    let origin = found.annotations().get(mark::ORIGIN_ANNOTATION);
    let strangers = if ours {
        Vec::new()
    } else {
        let api: Api<Pod> = Api::namespaced(ctx.cluster.client(), &found.name_any());
        let pods = api.list(&ListParams::default().limit(16)).await;
        let pods = pods.map_err(Error::cluster("list pods"))?.items;
        pods.iter().map(ResourceExt::name_any).collect()
    };
    Ok(NamespaceFact {
        tenant: found.labels().get(TENANT_LABEL).cloned(),
        ours,
        origin: origin.and_then(|text| Origin::read(text)),
        terminating: meta.deletion_timestamp.is_some(),
        strangers,
    })
}

/// The policies of the namespace, and whether they hold for all of its wallets.
async fn policies(ctx: &Context, namespace: &str) -> Result<BTreeMap<String, bool>, Error> {
    let api: Api<kube::core::DeserializeGuard<Policy>> =
        Api::namespaced(ctx.cluster.client(), namespace);
    let list = match api.list(&ListParams::default()).await {
        Ok(list) => list.items,
        Err(error) if is_not_found(&error) => Vec::new(),
        Err(error) => return Err(Error::cluster("list Policies")(error)),
    };
    let selects_all = |policy: &Policy| {
        let wallets = &policy.spec.selector.wallets;
        wallets.iter().any(|wallet| wallet.as_str() == "*")
    };
    Ok(list
        .into_iter()
        .filter_map(|policy| policy.0.ok())
        .map(|policy| (policy.name_any(), selects_all(&policy)))
        .collect())
}

async fn service_fact(ctx: &Context, name: &ServiceName) -> Result<Option<ServiceFact>, Error> {
    let client = ctx.cluster.client();
    let api: Api<Service> = Api::namespaced(client.clone(), &name.namespace);
    let found = api.get_opt(&name.name).await;
    let found = found.map_err(Error::cluster(format!("get Service {}", name.name)))?;
    let Some(spec) = found.and_then(|service| service.spec) else {
        return Ok(None);
    };
    let number = |port: i32| u16::try_from(port).ok();
    let ports = spec.ports.into_iter().flatten().filter_map(|port| {
        let to = match port.target_port {
            None => PodPort::Number(number(port.port)?),
            Some(IntOrString::Int(target)) => PodPort::Number(number(target)?),
            Some(IntOrString::String(target)) => PodPort::Name(target),
        };
        Some((number(port.port)?, to))
    });
    let ports = ports.collect();
    let namespace = Api::<Namespace>::all(client).get_opt(&name.namespace).await;
    let namespace = namespace.map_err(Error::cluster("get Namespace"))?;
    Ok(Some(ServiceFact {
        selector: spec.selector.unwrap_or_default(),
        ports,
        tenant: namespace.and_then(|found| found.labels().get(TENANT_LABEL).cloned()),
    }))
}

/// Where the API server is: its Service, and what is behind it.
async fn api_server(ctx: &Context) -> Result<BTreeSet<std::net::IpAddr>, Error> {
    let client = ctx.cluster.client();
    let slices: Api<EndpointSlice> = Api::namespaced(client.clone(), "default");
    let params = ListParams::default().labels("kubernetes.io/service-name=kubernetes");
    let slices = slices.list(&params).await;
    let slices = slices.map_err(Error::cluster("list EndpointSlices"))?;
    let behind = slices
        .items
        .into_iter()
        .flat_map(|slice| slice.endpoints)
        .flat_map(|endpoint| endpoint.addresses);
    let service = Api::<Service>::namespaced(client, "default")
        .get_opt("kubernetes")
        .await;
    let service = service.map_err(Error::cluster("get Service kubernetes"))?;
    let front = service
        .and_then(|service| service.spec)
        .and_then(|spec| spec.cluster_ips)
        .unwrap_or_default();
    Ok(behind
        .chain(front)
        .filter_map(|address| address.parse().ok())
        .collect())
}

async fn apis(ctx: &Context) -> Result<Apis, Error> {
    let client = ctx.cluster.client();
    let http_route = client
        .list_api_group_resources("gateway.networking.k8s.io/v1")
        .await;
    let http_route = match http_route {
        Ok(list) => list.resources.iter().any(|one| one.kind == "HTTPRoute"),
        Err(error) if is_not_found(&error) => false,
        Err(error) => return Err(Error::cluster("discover HTTPRoute")(error)),
    };
    Ok(Apis {
        http_route,
        // Part of Kubernetes itself since 1.19.
        ingress: true,
    })
}
