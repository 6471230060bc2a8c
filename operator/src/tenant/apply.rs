//! Makes the cluster as it was built: what is missing is made, what differs is put right, what is no
//! longer wanted goes, and what is somebody else's is left alone.

use std::collections::BTreeMap;

use kube::ResourceExt as _;
use kube::api::DynamicObject;
use serde_json::Value;
use vaultpilot_core::TenantName;

use crate::cluster::{Cluster, Written};
use crate::error::Error;
use crate::mark;
use crate::piece::{Kind, Piece, differs};

/// What a pass did.
#[derive(Debug, Clone, Default)]
pub struct Applied {
    /// Made or changed.
    pub written: Vec<String>,
    /// Not as it was left, and put right.
    pub drifted: Vec<String>,
    /// Somebody else's, by kind.
    pub foreign: Vec<(Kind, String)>,
    /// Refused by the API server, by kind, with its words.
    pub refused: Vec<(Kind, String)>,
    pub removed: Vec<String>,
}

impl Applied {
    /// Whether nothing of these kinds is in the way.
    pub fn is_whole(&self, kinds: &[Kind]) -> bool {
        let hit = |list: &[(Kind, String)]| list.iter().any(|(kind, _)| kinds.contains(kind));
        !hit(&self.foreign) && !hit(&self.refused)
    }
}

/// The tenant's own objects that are there, by kind and name.
type There = BTreeMap<(Kind, String), DynamicObject>;

pub async fn apply(
    cluster: &Cluster,
    tenant: &TenantName,
    namespace: &str,
    pieces: &[Piece],
) -> Result<Applied, Error> {
    let there = there(cluster, tenant, namespace).await?;
    let mut applied = Applied::default();
    for piece in pieces {
        // Nothing runs before the borders stand.
        if piece.kind > Kind::NetworkPolicy
            && !applied.is_whole(&[Kind::Namespace, Kind::NetworkPolicy])
        {
            break;
        }
        one(cluster, tenant, piece, &there, &mut applied).await?;
    }
    remove_orphans(cluster, pieces, &there, &mut applied).await?;
    Ok(applied)
}

async fn there(cluster: &Cluster, tenant: &TenantName, namespace: &str) -> Result<There, Error> {
    let selector = mark::selector(tenant);
    let mut there = There::new();
    for kind in Kind::ALL {
        let within = (kind != Kind::Namespace).then_some(namespace);
        let objects = cluster.list(kind, within, &selector).await?;
        let ours = objects
            .into_iter()
            .filter(|object| mark::is_ours(&object.metadata, tenant))
            // Labels of the namespace may have been copied onto others.
            .filter(|object| kind != Kind::Namespace || object.name_any() == namespace);
        there.extend(ours.map(|object| ((kind, object.name_any()), object)));
    }
    Ok(there)
}

async fn one(
    cluster: &Cluster,
    tenant: &TenantName,
    piece: &Piece,
    there: &There,
    applied: &mut Applied,
) -> Result<(), Error> {
    let mut found = there.get(&(piece.kind, piece.name.clone())).cloned();
    if found.is_none() {
        let namespace = piece.namespace.as_deref();
        let other = cluster.get(piece.kind, namespace, &piece.name).await?;
        match other {
            // An adopted namespace gets its mark with this pass: validation has let it through.
            Some(_) if piece.kind != Kind::Namespace => {
                applied.foreign.push((piece.kind, piece.name.clone()));
                return Ok(());
            }
            other => found = other,
        }
    }
    let drift = match &found {
        None => None,
        Some(found) => {
            let known = found.annotations().get(mark::APPLIED_ANNOTATION);
            let same = known.is_some_and(|known| *known == piece.digest());
            match differs(&piece.body, &as_value(found)) {
                None if same => return Ok(()),
                Some(path) if same => Some(path),
                _ => None,
            }
        }
    };
    match cluster.apply(piece, found.as_ref()).await {
        Ok(Written::Done) => {
            tracing::info!(tenant.name = %tenant, object = %piece, drift, "applied");
            applied.written.push(piece.to_string());
            if let Some(path) = drift {
                applied.drifted.push(format!("{piece} at {path}"));
            }
            Ok(())
        }
        Ok(Written::Foreign) => {
            applied.foreign.push((piece.kind, piece.name.clone()));
            Ok(())
        }
        Err(Error::Cluster { source, .. }) if is_refusal(&source) => {
            let words = crate::error::answer(&source).map(|status| status.message.clone());
            let words = words.unwrap_or_default();
            applied
                .refused
                .push((piece.kind, format!("{piece}: {words}")));
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// The API server read it and says no: asking again changes nothing before somebody does.
fn is_refusal(error: &kube::Error) -> bool {
    crate::error::answer(error).is_some_and(|status| matches!(status.code, 400 | 403 | 422))
}

/// Configurations stay while pods of an older rollout may still read them.
async fn remove_orphans(
    cluster: &Cluster,
    pieces: &[Piece],
    there: &There,
    applied: &mut Applied,
) -> Result<(), Error> {
    let rolled_out = there
        .get(&(Kind::Deployment, super::build::RUNTIME.to_owned()))
        .is_none_or(|deployment| is_rolled_out(&deployment.data))
        && !applied
            .written
            .iter()
            .any(|name| name.starts_with("Deployment"));
    for ((kind, name), object) in there.iter().rev() {
        let wanted = pieces
            .iter()
            .any(|piece| (piece.kind, &piece.name) == (*kind, name));
        let kept = match kind {
            Kind::Namespace => true,
            Kind::ConfigMap => !rolled_out,
            _ => false,
        };
        if wanted || kept || object.metadata.deletion_timestamp.is_some() {
            continue;
        }
        cluster.delete(*kind, object).await?;
        applied.removed.push(format!("{} {name}", kind.as_str()));
    }
    Ok(())
}

/// All pods are of the newest kind.
fn is_rolled_out(deployment: &Value) -> bool {
    let status = &deployment["status"];
    let number = |key: &str| status[key].as_i64().unwrap_or_default();
    number("replicas") == number("updatedReplicas")
}

fn as_value(object: &DynamicObject) -> Value {
    serde_json::to_value(object).unwrap_or_default()
}
