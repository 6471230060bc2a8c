//! The cluster as the operator reads and writes it. Always the API server, never a cache: a decision
//! on what was so a while ago is how operators delete what they have just made.

use k8s_openapi::api::core::v1::Pod;
use kube::api::{Api, DeleteParams, DynamicObject, ListParams, Patch, PatchParams, Preconditions};
use kube::{Client, ResourceExt as _};
use serde_json::json;

use crate::error::{Error, is_conflict, is_not_found};
use crate::mark;
use crate::piece::{Kind, Piece};

#[derive(Clone)]
pub struct Cluster {
    client: Client,
}

/// What came of applying a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    Done,
    /// Somebody else has fields of it: an object that is not ours was there first.
    Foreign,
}

impl Cluster {
    pub const fn new(client: Client) -> Self {
        Self { client }
    }

    pub fn client(&self) -> Client {
        self.client.clone()
    }

    fn api(&self, kind: Kind, namespace: Option<&str>) -> Api<DynamicObject> {
        let resource = kind.resource();
        match namespace {
            Some(namespace) => Api::namespaced_with(self.client(), namespace, &resource),
            None => Api::all_with(self.client(), &resource),
        }
    }

    pub async fn get(
        &self,
        kind: Kind,
        namespace: Option<&str>,
        name: &str,
    ) -> Result<Option<DynamicObject>, Error> {
        let doing = || format!("get {} {name}", kind.as_str());
        let found = self.api(kind, namespace).get_opt(name).await;
        found.map_err(Error::cluster(doing()))
    }

    /// The objects of a namespace that the selector finds; none where the cluster has no such API.
    pub async fn list(
        &self,
        kind: Kind,
        namespace: Option<&str>,
        selector: &str,
    ) -> Result<Vec<DynamicObject>, Error> {
        let params = ListParams::default().labels(selector);
        match self.api(kind, namespace).list(&params).await {
            Ok(list) => Ok(list.items),
            Err(error) if is_not_found(&error) => Ok(Vec::new()),
            Err(error) => Err(Error::cluster(format!("list {}", kind.as_str()))(error)),
        }
    }

    /// Makes it, or changes what is there and ours. `there` is what was found.
    pub async fn apply(
        &self,
        piece: &Piece,
        there: Option<&DynamicObject>,
    ) -> Result<Written, Error> {
        let mut body = piece.body.clone();
        body["metadata"]["annotations"][mark::APPLIED_ANNOTATION] = json!(piece.digest());
        let params = PatchParams::apply(mark::FIELD_MANAGER);
        // On what is there, the uid makes sure that it still is the object that was looked at; on
        // what is not, nothing is forced: whoever made it in between keeps it.
        let params = match there {
            Some(there) => {
                body["metadata"]["uid"] = json!(there.metadata.uid);
                params.force()
            }
            None => params,
        };
        let api = self.api(piece.kind, piece.namespace.as_deref());
        match api.patch(&piece.name, &params, &Patch::Apply(&body)).await {
            Ok(_) => Ok(Written::Done),
            Err(error) if there.is_none() && is_conflict(&error) => Ok(Written::Foreign),
            Err(error) => Err(Error::cluster(format!("apply {piece}"))(error)),
        }
    }

    /// Takes every field back that was set before and is not in `piece`.
    pub async fn give_up(&self, piece: &Piece) -> Result<(), Error> {
        let params = PatchParams::apply(mark::FIELD_MANAGER).force();
        let api = self.api(piece.kind, piece.namespace.as_deref());
        let written = api
            .patch(&piece.name, &params, &Patch::Apply(&piece.body))
            .await;
        written
            .map(|_| ())
            .map_err(Error::cluster(format!("give up {piece}")))
    }

    /// Deletes this very object; one that is gone already, or another of its name, is left.
    pub async fn delete(&self, kind: Kind, object: &DynamicObject) -> Result<(), Error> {
        let name = object.name_any();
        let params = DeleteParams::background().preconditions(Preconditions {
            uid: object.metadata.uid.clone(),
            resource_version: None,
        });
        let api = self.api(kind, object.metadata.namespace.as_deref());
        match api.delete(&name, &params).await {
            Ok(_) => Ok(()),
            Err(error) if is_not_found(&error) || is_conflict(&error) => Ok(()),
            Err(error) => {
                let doing = format!("delete {} {name}", kind.as_str());
                Err(Error::cluster(doing)(error))
            }
        }
    }

    pub async fn pods(&self, namespace: &str, selector: &str) -> Result<Vec<Pod>, Error> {
        let api: Api<Pod> = Api::namespaced(self.client(), namespace);
        let list = api.list(&ListParams::default().labels(selector)).await;
        Ok(list.map_err(Error::cluster("list pods"))?.items)
    }
}
