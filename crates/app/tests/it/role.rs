//! What roles may not do through tools, and that nothing a payment can end in goes unrecorded.

use vaultpilot_core::{Role, Tool};
use vaultpilot_ports::ControlPlane;
use vaultpilot_ports::control_plane::{CreateWallet, TransferRequest};
use vaultpilot_testkit::fixture::{CHAIN, label};

use crate::house::{House, code, payment, treasury};

#[tokio::test(start_paused = true)]
async fn who_only_reads_or_decides_does_not_pay() {
    let house = House::new().await;
    for (name, role) in [("vera", Role::Viewer), ("anna", Role::Approver)] {
        let caller = house.caller(name, role).await;
        let tools = house.app.tools(&caller).await.unwrap();
        assert!(
            !tools.contains(&Tool::Transfer) && tools.contains(&Tool::GetWallet),
            "{tools:?}"
        );
        let before = house.audit().await.len();
        assert_eq!(
            code(house.app.transfer(&caller, &payment("0.1")).await),
            "forbidden"
        );
        let wallet = CreateWallet {
            label: label("theirs"),
            chains: vec![],
        };
        assert_eq!(
            code(house.app.wallet_create(&caller, &wallet).await),
            "forbidden"
        );
        assert_eq!(
            house.audit().await.len(),
            before + 2,
            "denials are on record"
        );
    }
    let viewer = house.caller("viktor", Role::Viewer).await;
    let frozen = house
        .app
        .wallet_freeze(&viewer, &treasury(), "because")
        .await;
    assert_eq!(code(frozen), "forbidden");
    assert_eq!(house.payments().await, 0);
}

#[tokio::test(start_paused = true)]
async fn no_audit_gap_whatever_a_payment_ends_in() {
    let house = House::new().await;
    let paid = payment("0.1");
    house.pay(&paid).await;
    let cases: [(&str, TransferRequest); 4] = [
        ("replayed", paid.clone()),
        (
            "request_conflict",
            TransferRequest {
                amount: "0.2".to_owned(),
                ..paid.clone()
            },
        ),
        (
            "amount_zero",
            TransferRequest {
                amount: "0".to_owned(),
                ..payment("0.3")
            },
        ),
        (
            "dry_run",
            TransferRequest {
                dry_run: true,
                ..payment("0.4")
            },
        ),
    ];
    for (told, request) in cases {
        let before = house.audit().await.len();
        // Whether it is an answer or a fault is the business of other tests.
        let _ = house.app.transfer(&house.trader, &request).await;
        let entries = house.audit().await;
        assert_eq!(entries.len(), before + 1, "{told}");
        let facts = &entries[before].draft.facts;
        assert!(
            facts
                .iter()
                .any(|(name, value)| name == told || value == told),
            "{facts:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn asking_again_for_a_wallet_widens_nothing_unnamed() {
    let house = House::new().await;
    let again = CreateWallet {
        label: label("treasury"),
        chains: vec![],
    };
    let before = house.wallet("treasury").await.chains;
    house
        .app
        .wallet_create(&house.trader, &again)
        .await
        .unwrap();
    assert_eq!(house.wallet("treasury").await.chains, before);

    let narrow = CreateWallet {
        label: label("narrow"),
        chains: vec![CHAIN],
    };
    house
        .app
        .wallet_create(&house.trader, &narrow)
        .await
        .unwrap();
    let all = CreateWallet {
        label: label("narrow"),
        chains: vec![],
    };
    house.app.wallet_create(&house.trader, &all).await.unwrap();
    assert_eq!(house.wallet("narrow").await.chains, [CHAIN]);
}
