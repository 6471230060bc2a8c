//! The stream a runtime reads on with, and what it tells afterwards.

use vaultpilot_core::{Timestamp, Tool};
use vaultpilot_ports::ControlPlane as _;
use vaultpilot_ports::control_plane::WalletView;
use vaultpilot_proto::wire::{Admission, Read, Seen, Snapshot};

use crate::call::{key, remote};
use crate::house::TENANT;
use crate::server::{ControlPlane, END};

fn snapshot(of: &ControlPlane, caller: vaultpilot_core::Caller) -> Snapshot {
    let wallet: vaultpilot_core::WalletId = "wal_01KDZV0000000000000000000A".parse().unwrap();
    let view = WalletView {
        id: wallet.to_string(),
        label: "treasury".to_owned(),
        address: crate::house::WALLET.to_owned(),
        chains: vec!["eip155:1".to_owned()],
        state: "active".to_owned(),
        state_reason: None,
        created_at: "2026-01-01T00:00:00Z".to_owned(),
    };
    Snapshot {
        callers: vec![Seen {
            context: b"context 0".to_vec(),
            caller,
            tools: vec![Tool::GetWallet, Tool::Transfer],
            wallets: vec![view],
            policies: Vec::new(),
            budgets: Vec::new(),
            complete: true,
            admissions: vec![Admission {
                wallet: Some(wallet),
                tools: vec![Tool::GetWallet],
            }],
        }],
        ..of.desk.snapshot.borrow().1.clone()
    }
}

#[tokio::test]
async fn a_snapshot_is_told_whole_then_as_it_changes_and_resumed_where_it_was() {
    let server = ControlPlane::start().await;
    let remote = remote(&server).await;
    let tenant = TENANT.parse().unwrap();
    let caller = remote.authenticate(&tenant, &key(), None).await.unwrap();
    let contexts = remote.contexts();
    assert_eq!(contexts, [b"context 0".to_vec()]);

    let mut stream = remote
        .watch_snapshot(&tenant, contexts.clone(), "")
        .await
        .unwrap();
    let first = stream.next().await.unwrap().unwrap();
    assert_eq!(first.resume_token, "first");
    assert_eq!(
        first.snapshot,
        Some(server.desk.snapshot.borrow().1.clone())
    );

    let next = snapshot(&server, caller);
    server
        .desk
        .snapshot
        .send_replace(("second".to_owned(), next.clone()));
    let second = stream.next().await.unwrap().unwrap();
    assert_eq!(second.snapshot, Some(next));
    assert_eq!(second.as_of, Timestamp::from_second(1_767_225_600).unwrap());

    drop(stream);
    let mut stream = remote
        .watch_snapshot(&tenant, contexts.clone(), "second")
        .await
        .unwrap();
    let third = stream.next().await.unwrap().unwrap();
    assert_eq!(
        (third.resume_token.as_str(), third.snapshot),
        ("second", None)
    );
    let watched = server.desk.watched.lock().unwrap().clone();
    assert_eq!(watched.last(), Some(&(contexts, "second".to_owned())));
}

#[tokio::test]
async fn a_stream_that_is_over_is_no_outage() {
    let server = ControlPlane::start().await;
    let remote = remote(&server).await;
    let tenant = TENANT.parse().unwrap();
    let mut stream = remote.watch_snapshot(&tenant, vec![], "").await.unwrap();
    stream.next().await.unwrap().unwrap();
    let same = server.desk.snapshot.borrow().1.clone();
    server.desk.snapshot.send_replace((END.to_owned(), same));
    assert_eq!(stream.next().await, Ok(None));
}

#[tokio::test]
async fn a_stream_that_breaks_says_so() {
    let mut server = ControlPlane::start().await;
    let remote = remote(&server).await;
    let tenant = TENANT.parse().unwrap();
    let mut stream = remote.watch_snapshot(&tenant, vec![], "").await.unwrap();
    stream.next().await.unwrap().unwrap();
    server.go_away().await;
    let broken = stream.next().await.unwrap_err();
    assert_eq!(broken.code(), "control_plane_unavailable");
    let refused = remote.watch_snapshot(&tenant, vec![], "").await;
    assert_eq!(
        refused.err().map(|fault| fault.code().to_owned()),
        Some("control_plane_unavailable".to_owned())
    );
}

#[tokio::test]
async fn reads_are_told_as_they_were_served() {
    let server = ControlPlane::start().await;
    let remote = remote(&server).await;
    let at = |second| Timestamp::from_second(second).unwrap();
    let read = Read {
        id: "evt_01KDZV0000000000000000000B".to_owned(),
        context: b"context 0".to_vec(),
        tool: Tool::GetBalances,
        wallet: Some("wal_01KDZV0000000000000000000A".parse().unwrap()),
        served_at: at(1_767_225_700),
        as_of: at(1_767_225_600),
        refused: "rate_limited".to_owned(),
    };
    let tenant = TENANT.parse().unwrap();
    let told = remote.record_reads(&tenant, vec![read.clone()]).await;
    assert_eq!(told, Ok(1));
    assert_eq!(server.desk.reads.lock().unwrap().as_slice(), [read]);
}
