//! `tenants_never_meet`: with the ids and names of one, another tenant finds nothing.

use secrecy::SecretString;
use vaultpilot_app::{App, ApplyPolicy, ApprovalAnswer, DecideApproval, KeyCreate};
use vaultpilot_core::{ApprovalId, Caller, Role, Tool};
use vaultpilot_policy::Document;
use vaultpilot_ports::control_plane::{
    ApprovalQuery, BudgetQuery, CreateWallet, EventQuery, FaucetRequest, ListQuery, ToolCall,
    TransactionQuery, TransactionRef, TransferRequest, WalletRef,
};
use vaultpilot_ports::{ControlPlane, Fault};
use vaultpilot_testkit::fixture::{CHAIN, label};

use crate::house::{GUARD, House, code, id, payment};

/// A second tenant in the same house, with the same policy.
async fn globex(house: &House) -> (Caller, Caller) {
    let name = label("globex");
    let (tenant, _) = house
        .app
        .tenant_ensure(&name, &vaultpilot_core::KeyManagement::Local)
        .await
        .unwrap();
    let mut callers = Vec::new();
    for (who, role) in [("gina", Role::Owner), ("trader", Role::Agent)] {
        let request = KeyCreate {
            name: label(who),
            role,
            scopes: None,
            expires_in_days: None,
        };
        let made = house.app.key_bootstrap(tenant.id, &request).await.unwrap();
        let secret = SecretString::from(made.secret.expose().to_owned());
        callers.push(house.app.authenticate(&name, &secret, None).await.unwrap());
        // A key opens one tenant's door only.
        let elsewhere = house.app.authenticate(&label("acme"), &secret, None).await;
        assert_eq!(elsewhere, Err(Fault::Unauthenticated));
    }
    let document = Document::from_yaml(GUARD).unwrap();
    let request = ApplyPolicy {
        document,
        dry_run: false,
    };
    house.app.policy_apply(&callers[0], &request).await.unwrap();
    let agent = callers.pop().unwrap();
    (callers.pop().unwrap(), agent)
}

/// What the other tenant is told about a wallet of ours, by every method that takes one.
async fn about_wallet(
    app: &App,
    gina: &Caller,
    agent: &Caller,
    wallet: WalletRef,
) -> Vec<(&'static str, String)> {
    let pay = || TransferRequest {
        wallet: wallet.clone(),
        ..payment("0.1")
    };
    let query = BudgetQuery {
        wallet: wallet.clone(),
        chain: None,
        token: None,
    };
    let tool = Tool::GetBalances;
    let call = ToolCall {
        tool,
        wallet: Some(wallet.clone()),
        chain: Some(CHAIN),
    };
    let faucet = FaucetRequest {
        wallet: wallet.clone(),
        chain: CHAIN,
        amount: None,
    };
    let paid = TransactionQuery {
        wallet: Some(wallet.clone()),
        ..TransactionQuery::default()
    };
    let events = EventQuery {
        wallet: Some(wallet.clone()),
        ..EventQuery::default()
    };
    vec![
        ("admit", code(app.admit(agent, &call).await)),
        ("wallet_fetch", code(app.wallet_fetch(agent, &wallet).await)),
        (
            "wallet_freeze",
            code(app.wallet_freeze(agent, &wallet, "mine now").await),
        ),
        ("budget", code(app.budget(agent, &query).await)),
        ("policy", code(app.policy(agent, &wallet).await)),
        ("check", code(app.check(agent, &pay()).await)),
        ("simulate", code(app.simulate(agent, &pay()).await)),
        ("transfer", code(app.transfer(agent, &pay()).await)),
        ("faucet", code(app.faucet(agent, &faucet).await)),
        (
            "transaction_list",
            code(app.transaction_list(agent, &paid).await),
        ),
        ("event_list", code(app.event_list(agent, &events).await)),
        (
            "person_wallet",
            code(app.person_wallet(gina, &wallet).await),
        ),
        (
            "person_freeze",
            code(app.person_wallet_freeze(gina, &wallet, "mine").await),
        ),
        (
            "person_thaw",
            code(app.person_wallet_thaw(gina, &wallet).await),
        ),
        (
            "person_faucet",
            code(app.person_faucet(gina, &faucet).await),
        ),
        ("person_budget", code(app.person_budget(gina, &query).await)),
        (
            "person_transactions",
            code(app.person_transactions(gina, &paid).await),
        ),
        (
            "person_events",
            code(app.person_events(gina, &events).await),
        ),
        (
            "person_balances",
            code(app.person_balances(gina, &wallet, None).await.map(|_| ())),
        ),
    ]
}

/// The lists of the other tenant hold nothing of ours.
async fn lists_are_empty(app: &App, gina: &Caller, agent: &Caller) {
    let page = ListQuery {
        cursor: None,
        limit: Some(200),
    };
    assert!(
        app.wallet_list(agent, &page)
            .await
            .unwrap()
            .items
            .is_empty()
    );
    let all = TransactionQuery::default();
    assert!(
        app.transaction_list(agent, &all)
            .await
            .unwrap()
            .items
            .is_empty()
    );
    let approvals = app
        .approval_list(agent, &ApprovalQuery::default())
        .await
        .unwrap();
    assert!(approvals.items.is_empty());
    let exported = app.audit_page(gina, 0, 1000).await.unwrap();
    assert!(!exported.is_empty() && exported.iter().all(|entry| entry.tenant == gina.tenant));
    let events = EventQuery {
        page,
        ..EventQuery::default()
    };
    let own = app.person_events(gina, &events).await.unwrap();
    let known = |id: &str| {
        exported
            .iter()
            .any(|entry| entry.draft.id.to_string() == id)
    };
    assert!(!own.items.is_empty() && own.items.iter().all(|event| known(&event.id)));
    assert_eq!(app.key_list(gina).await.unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn tenants_never_meet_in_any_method_of_the_control_plane() {
    let house = House::new().await;
    house.execute();
    let paid = house.pay(&payment("0.1")).await;
    let done = house.finish(id(&paid)).await;
    let request = payment("0.6");
    let waiting = house.pay(&request).await;
    let approval: ApprovalId = waiting.approval.as_ref().unwrap().id.parse().unwrap();
    let secret = house.notices.last_code().unwrap();
    let treasury = house.wallet("treasury").await;
    let (gina, agent) = globex(&house).await;
    let entries = house.audit().await;

    let app = &house.app;
    for wallet in [
        WalletRef::Id(treasury.id),
        WalletRef::Label(treasury.label.clone()),
    ] {
        for (method, answer) in about_wallet(app, &gina, &agent, wallet.clone()).await {
            assert_eq!(answer, "not_found", "{method} by {wallet}");
        }
    }
    let hash = done.state.tx().unwrap().hash;
    for transaction in [TransactionRef::Id(id(&paid)), TransactionRef::Hash(hash)] {
        let answers = [
            code(app.transaction(&agent, &transaction).await),
            code(app.transaction_wait(&agent, &transaction, None, 1).await),
            code(app.person_transaction(&gina, &transaction).await),
            code(app.person_cancel(&gina, &transaction).await),
        ];
        assert_eq!(answers, ["not_found"; 4], "{transaction}");
    }
    let yes = ApprovalAnswer::Approve {
        code: Some(SecretString::from(secret)),
    };
    let decide = |answer| DecideApproval { approval, answer };
    let name = request.request_id.unwrap();
    let answers = [
        code(app.cancel(&agent, name.as_str()).await),
        code(app.approval(&agent, approval).await),
        code(app.person_approval(&gina, approval).await),
        code(app.approval_decide(&gina, &decide(yes)).await),
        code(
            app.approval_decide(&gina, &decide(ApprovalAnswer::Reject { reason: None }))
                .await,
        ),
        code(app.key_revoke(&gina, house.trader.key().unwrap()).await),
    ];
    assert_eq!(answers, ["not_found"; 6]);
    lists_are_empty(app, &gina, &agent).await;

    // And nothing of the first tenant has moved.
    assert!(house.audit().await == entries);
    assert_eq!(house.wallet("treasury").await, treasury);
    let standing = app.person_approval(&house.owner, approval).await.unwrap();
    assert_eq!(
        (standing.state.as_str(), house.used().await.as_str()),
        ("waiting", "0.7")
    );
}

#[tokio::test(start_paused = true)]
async fn tenants_never_meet_though_they_use_the_same_names() {
    let house = House::new().await;
    house.execute();
    let (gina, agent) = globex(&house).await;
    let request = CreateWallet {
        label: label("treasury"),
        chains: vec![],
    };
    let theirs = house.app.wallet_create(&agent, &request).await.unwrap();
    let ours = house.wallet("treasury").await;
    assert_ne!(theirs.address, ours.address.to_checksum(None));
    house.chain.fund(
        theirs.address.parse().unwrap(),
        vaultpilot_core::Token::Native,
        vaultpilot_testkit::fixture::eth(5),
    );
    // One request id, two tenants, two payments; each counts in its own budget.
    let request = payment("0.25");
    let first = house.pay(&request).await;
    let second = house.app.transfer(&agent, &request).await.unwrap();
    assert_ne!(first.transaction_id, second.transaction_id);
    assert_eq!(house.used().await, "0.25");
    let other = TransferRequest {
        amount: "0.5".to_owned(),
        ..payment("0.5")
    };
    house.app.transfer(&agent, &other).await.unwrap();
    assert_eq!(house.used().await, "0.25");
    // Policies are a tenant's own.
    house
        .app
        .policy_delete(&gina, &label("guard"))
        .await
        .unwrap();
    assert!(house.pay(&payment("0.3")).await.decision.is_allow());
    let refused = house.app.transfer(&agent, &payment("0.3")).await;
    assert_eq!(code(refused), "tool_not_allowed");
}
