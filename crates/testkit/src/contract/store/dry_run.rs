use std::sync::Arc;

use vaultpilot_intent::Digest;
use vaultpilot_ports::Store;

use super::ground::{begin, commit, new_tenant, view};
use crate::fixture::{hash, second};

pub(super) async fn is_seen_while_fresh(store: &Arc<dyn Store>) {
    let tenant = new_tenant(store).await.id;
    let digest = Digest(hash());
    let seen = async |digest: Digest, since: i64| {
        view(store, tenant)
            .await
            .dry_run_seen(digest, second(since))
            .await
            .unwrap()
    };
    assert!(!seen(digest, 0).await);
    // The second one refreshes the first.
    for (at, stale) in [(100, 101), (200, 201)] {
        let mut tx = begin(store, tenant).await;
        tx.dry_run_insert(digest, second(at)).await.unwrap();
        commit(tx).await;
        assert!(seen(digest, at - 1).await);
        assert!(!seen(digest, stale).await);
        assert!(!seen(Digest(hash()), 0).await);
    }
}
