//! Every object of a tenant, from a tenant that makes sense. Pure, and it cannot fail.

mod autoscaler;
mod config;
mod deployment;
mod disruption;
mod limit;
mod namespace;
mod network_policy;
mod pod;
mod route;
mod service;

use k8s_openapi::api::core::v1::ServiceAccount;
use kube::api::ObjectMeta;

use super::facts::Apis;
use super::valid::ValidTenant;
use crate::mark;
use crate::piece::{Kind, Piece};
use crate::settings::Settings;

/// What tenants' pods and what belongs to them are called.
pub const RUNTIME: &str = "mcp-runtime";
/// The Service that agents call.
pub const SERVICE: &str = "mcp";
pub const MCP_PORT: u16 = 8080;
pub const PROBE_PORT: u16 = 9090;

#[derive(Debug, Clone)]
pub struct Built {
    /// In the order in which they are applied.
    pub pieces: Vec<Piece>,
    /// Names the configuration the pods run with.
    pub config_hash: String,
}

pub fn build(tenant: &ValidTenant, apis: Apis, settings: &Settings) -> Built {
    let config = config::build(tenant, settings);
    let mut pieces = vec![namespace::build(tenant)];
    pieces.extend(network_policy::build(tenant, settings));
    pieces.extend(limit::build(tenant));
    pieces.push(service_account(tenant));
    pieces.push(config.piece.clone());
    pieces.push(service::build(tenant));
    pieces.push(deployment::build(tenant, &config, settings));
    if !tenant.suspended {
        pieces.push(disruption::build(tenant));
        pieces.extend(autoscaler::build(tenant));
        pieces.extend(route::build(tenant, apis));
    }
    Built {
        pieces,
        config_hash: config.hash,
    }
}

fn service_account(tenant: &ValidTenant) -> Piece {
    let account = ServiceAccount {
        metadata: meta(tenant, RUNTIME),
        automount_service_account_token: Some(false),
        ..ServiceAccount::default()
    };
    Piece::new(Kind::ServiceAccount, &account)
}

/// Of an object in the tenant's namespace.
fn meta(tenant: &ValidTenant, name: &str) -> ObjectMeta {
    ObjectMeta {
        name: Some(name.to_owned()),
        namespace: Some(tenant.namespace.to_string()),
        labels: Some(mark::labels(&tenant.name)),
        annotations: Some(mark::annotations(&tenant.name)),
        ..ObjectMeta::default()
    }
}
