//! A few volumes for those who claim one: folders of the cluster, gone with it.

use super::place::Place;
use crate::error::Error;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

const CLASS: &str = "standard";
const VOLUMES: [&str; 4] = ["volume-1", "volume-2", "volume-3", "volume-4"];

/// Makes the folders. Whoever runs in a pod may write to them, as to a volume that is given to it.
pub(super) fn make(place: &Place) -> Result<(), Error> {
    for volume in VOLUMES {
        let folder = place.path("volumes").join(volume);
        fs::create_dir_all(&folder).map_err(Error::file("make", &folder))?;
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777))
            .map_err(Error::file("open up", folder))?;
    }
    Ok(())
}

/// The class is the default one, so that a claim need not name it.
pub(super) fn objects(place: &Place) -> Value {
    let class = json!({
        "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
        "metadata": {"name": CLASS, "annotations":
            {"storageclass.kubernetes.io/is-default-class": "true"}},
        "provisioner": "kubernetes.io/no-provisioner",
        "reclaimPolicy": "Retain",
        "volumeBindingMode": "WaitForFirstConsumer",
    });
    let volume = |name: &str| {
        json!({
            "apiVersion": "v1", "kind": "PersistentVolume",
            "metadata": {"name": name},
            "spec": {
                "storageClassName": CLASS,
                "capacity": {"storage": "100Gi"},
                "accessModes": ["ReadWriteOnce"],
                "persistentVolumeReclaimPolicy": "Retain",
                "hostPath": {"path": place.path("volumes").join(name), "type": "Directory"},
            },
        })
    };
    let mut items = vec![class];
    items.extend(VOLUMES.map(volume));
    json!({"apiVersion": "v1", "kind": "List", "items": items})
}
