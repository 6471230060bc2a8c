//! A runtime's own client on this door: the port on one side is the port on the other.

use std::sync::Arc;
use std::time::Duration;

use vaultpilot_core::{Caller, Clock as _, ResourceKind, Tool};
use vaultpilot_policy::Document;
use vaultpilot_ports::control_plane::{PaymentStatus, TransferRequest};
use vaultpilot_ports::resource_plane::PolicyWish;
use vaultpilot_ports::store::{Page, Store as _};
use vaultpilot_ports::{ControlPlane, Fault, ResourcePlane};
use vaultpilot_proto::client::{Change, Endpoint, Link, RemoteControlPlane, Retention};
use vaultpilot_proto::wire::Read;
use vaultpilot_testkit::fixture::{CHAIN, address, label};

use super::door::{Door, managed};
use crate::house::GUARD;

struct Remote {
    plane: RemoteControlPlane,
    caller: Caller,
}

impl Remote {
    /// A pod of acme, and the agent behind it.
    async fn new(door: &Door) -> Self {
        let link = Link::open(Endpoint {
            address: door.url.clone(),
            ca_file: Some(door.file("ca.crt")),
            server_name: Some("localhost".to_owned()),
            identity: None,
            token_file: Some(door.write("pod-token", &door.acme.token)),
        });
        let retention = Retention {
            salt: [1; 32],
            keep: Duration::from_mins(10),
        };
        let plane = RemoteControlPlane::new(Arc::new(link.await.unwrap()), retention);
        let key = door.acme.key.clone().into();
        let acme = label("acme");
        let caller = plane.authenticate(&acme, &key, None).await.unwrap();
        Self { plane, caller }
    }
}

fn payment(amount: &str, request: &str) -> TransferRequest {
    TransferRequest {
        wallet: "acme-treasury".parse().unwrap(),
        chain: CHAIN,
        to: address(0xbeef),
        token: vaultpilot_core::Token::Native,
        amount: amount.to_owned(),
        request_id: Some(request.parse().unwrap()),
        dry_run: false,
        memo: None,
        confirm_duplicate_of: None,
    }
}

#[tokio::test]
async fn what_the_port_says_here_it_says_there() {
    let door = Door::new().await;
    let Remote { plane, caller } = Remote::new(&door).await;
    assert_eq!(
        plane.tools(&caller).await.unwrap(),
        door.app.tools(&caller).await.unwrap()
    );
    let wallet = "acme-treasury".parse().unwrap();
    assert_eq!(
        plane.wallet_fetch(&caller, &wallet).await.unwrap(),
        door.app.wallet_fetch(&caller, &wallet).await.unwrap()
    );
    // Denied is an answer, with the whole decision.
    let wish = payment("1.5", "too-much-too-much");
    let denied = plane.transfer(&caller, &wish).await.unwrap();
    assert_eq!(denied.status, PaymentStatus::Denied);
    assert_eq!(
        denied.decision.reasons[0].code.as_str(),
        "per_tx_limit",
        "{denied:?}"
    );
    let waits = payment("0.7", "waits-for-a-person");
    let waits = plane.transfer(&caller, &waits).await.unwrap();
    assert_eq!(waits.status, PaymentStatus::PendingApproval, "{waits:?}");
    // Faults come over as they are.
    let theirs = door.umbra.label.parse().unwrap();
    let here = door.app.wallet_fetch(&caller, &theirs).await.unwrap_err();
    let there = plane.wallet_fetch(&caller, &theirs).await.unwrap_err();
    assert_eq!(there, here);
    assert!(matches!(here, Fault::NotFound { .. }), "{here:?}");
}

#[tokio::test]
async fn a_snapshot_follows_what_changes_and_is_resumed() {
    let door = Door::new().await;
    let Remote { plane, caller } = Remote::new(&door).await;
    let contexts = vec![plane.context_of(&caller).unwrap()];
    let tenant = label("acme");
    let mut stream = plane
        .watch_snapshot(&tenant, contexts.clone(), "")
        .await
        .unwrap();
    let first = stream.next().await.unwrap().unwrap();
    let seen = &first.snapshot.as_ref().unwrap().callers[0];
    assert_eq!(seen.caller, caller);
    assert_eq!(seen.wallets[0].label, "acme-treasury");
    assert_eq!(seen.wallets.len(), 1, "nobody else's");
    assert_eq!((seen.policies.len(), seen.budgets.len()), (1, 1));
    assert!(seen.complete);
    assert_eq!(seen.tools, door.app.tools(&caller).await.unwrap());

    // From its token on, nothing is told again.
    let mut resumed = plane
        .watch_snapshot(&tenant, contexts, &first.resume_token)
        .await
        .unwrap();
    let Change { snapshot, .. } = resumed.next().await.unwrap().unwrap();
    assert_eq!(snapshot, None);

    let second = GUARD.replace("name: guard", "name: second");
    let wish = PolicyWish {
        by: managed(ResourceKind::Policy, "second"),
        tenant: tenant.clone(),
        document: Document::from_yaml(&second).unwrap(),
    };
    let resources: &dyn ResourcePlane = door.app.as_ref();
    resources.policy_apply(&wish).await.unwrap();
    let changed = tokio::time::timeout(Duration::from_secs(10), stream.next());
    let changed = changed.await.unwrap().unwrap().unwrap();
    let seen = &changed.snapshot.unwrap().callers[0];
    assert_eq!(seen.policies[0].policies.len(), 2);
    assert_ne!(changed.resume_token, first.resume_token);
}

#[tokio::test]
async fn what_was_served_meanwhile_is_in_the_audit_log() {
    let door = Door::new().await;
    let Remote { plane, caller } = Remote::new(&door).await;
    let now = door.clock.now();
    let read = |id: &str, refused: &str| Read {
        id: id.to_owned(),
        context: plane.context_of(&caller).unwrap(),
        tool: Tool::GetWallet,
        wallet: Some(door.acme.wallet.parse().unwrap()),
        served_at: now,
        as_of: now,
        refused: refused.to_owned(),
    };
    // Over by now, but it was good when it was served.
    door.clock.advance(Duration::from_mins(5));
    let reads = vec![read("one", ""), read("two", "rate_limited")];
    let recorded = plane.record_reads(&label("acme"), reads).await.unwrap();
    assert_eq!(recorded, 2);
    let mut view = door.store.read(door.acme.id).await.unwrap();
    let filter = vaultpilot_ports::store::EventFilter::default();
    let newest = view.audit_search(&filter, Page::first(2)).await.unwrap();
    for (entry, id) in newest.iter().zip(["two", "one"]) {
        let facts = &entry.draft.facts;
        let has = |name: &str, value: &str| facts.contains(&(name.to_owned(), value.to_owned()));
        assert!(
            has("served_from", "snapshot") && has("read", id),
            "{facts:?}"
        );
        assert_eq!(entry.draft.tool.as_deref(), Some("get_wallet"));
    }
    drop(view);
    let before = door.entries(&door.acme).await.len();
    for wrong in [
        Read {
            as_of: vaultpilot_core::clock::after(now, Duration::from_mins(4)),
            ..read("late", "")
        },
        Read {
            served_at: vaultpilot_core::clock::after(now, Duration::from_mins(9)),
            ..read("future", "")
        },
        read("no code", ""),
        Read {
            context: door.umbra.context.clone(),
            ..read("theirs", "")
        },
    ] {
        let told = format!("{wrong:?}");
        // One bad one, and none is written.
        let reads = vec![read("good", ""), wrong];
        assert!(
            plane.record_reads(&label("acme"), reads).await.is_err(),
            "{told}"
        );
    }
    assert_eq!(door.entries(&door.acme).await.len(), before);
}
