//! Logging in as a `ServiceAccount`. The cluster that is asked about tokens is of this process: it
//! knows two of them.

use axum::routing::post;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use vaultpilot_core::KeyManagement;
use vaultpilot_keys_vault::VaultAuth;
use vaultpilot_ports::keys::RootWrapper as _;

use crate::ground::{Ground, context, denied, opens, roots_at, works, wrap};
use crate::proxy::Proxy;

const NAMESPACE: &str = "vaultpilot";

/// A token as the cluster makes them; its signature is for the cluster to judge.
fn jwt(account: &str) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({ "alg": "RS256", "kid": "cluster" });
    let claims = json!({
        "iss": "https://kubernetes.default.svc",
        "aud": ["vault"],
        "iat": 1_700_000_000,
        "nbf": 1_700_000_000,
        "exp": 4_000_000_000_u64,
        "sub": format!("system:serviceaccount:{NAMESPACE}:{account}"),
        "kubernetes.io": {
            "namespace": NAMESPACE,
            "serviceaccount": { "name": account, "uid": format!("uid-of-{account}") },
        },
    });
    let signature = URL_SAFE_NO_PAD.encode([7; 256]);
    format!("{}.{}.{signature}", part(&header), part(&claims))
}

async fn review(Json(asked): Json<Value>) -> Json<Value> {
    let token = asked["spec"]["token"].as_str().unwrap();
    let account = ["serve", "execute"]
        .into_iter()
        .find(|account| jwt(account) == token);
    let status = match account {
        None => json!({ "authenticated": false, "error": "invalid bearer token" }),
        Some(account) => json!({
            "authenticated": true,
            "audiences": asked["spec"]["audiences"],
            "user": {
                "username": format!("system:serviceaccount:{NAMESPACE}:{account}"),
                "uid": format!("uid-of-{account}"),
                "groups": ["system:serviceaccounts"],
            },
        }),
    };
    Json(json!({
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenReview",
        "metadata": {},
        "status": status,
    }))
}

fn authority() -> String {
    let made = rcgen::generate_simple_self_signed(vec!["cluster".to_owned()]);
    made.unwrap().cert.pem()
}

/// A Kubernetes method of the test's own, with a role for each policy.
async fn cluster(ground: &Ground<'_>) -> JoinSet<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let host = format!("kubernetes_host=http://{}", listener.local_addr().unwrap());
    let path = "/apis/authentication.k8s.io/v1/tokenreviews";
    let router = Router::new().route(path, post(review));
    let mut running = JoinSet::new();
    running.spawn(async move { axum::serve(listener, router).await.unwrap() });

    ground.bao(&["auth", "enable", "-path=kubernetes-NUMBER", "kubernetes"]);
    ground.bao(&[
        "write",
        "auth/kubernetes-NUMBER/config",
        &host,
        "disable_local_ca_jwt=true",
        "token_reviewer_jwt=reviewer",
        // It has to be given one, and has no use for it over plain HTTP.
        &format!("kubernetes_ca_cert={}", authority()),
    ]);
    for policy in ["serve", "execute"] {
        ground.bao(&[
            "write",
            &format!("auth/kubernetes-NUMBER/role/{policy}"),
            &format!("bound_service_account_names={policy}"),
            &format!("bound_service_account_namespaces={NAMESPACE}"),
            &format!("token_policies={}", ground.named(policy)),
            "audience=vault",
            "token_ttl=5m",
        ]);
    }
    running
}

impl Ground<'_> {
    fn kubernetes(&self, account: &str, role: Option<&str>) -> VaultAuth {
        VaultAuth::Kubernetes {
            mount: self.named("kubernetes"),
            role: role.map(str::to_owned),
            token_file: self.file(&format!("jwt-{account}"), &jwt(account)),
        }
    }
}

#[tokio::test]
async fn each_account_may_what_its_role_may() {
    let ground = Ground::shared().await;
    let _cluster = cluster(&ground).await;
    let serve = ground.roots(ground.kubernetes("serve", Some("serve")));
    // The tenant's own role is `execute`.
    let execute = ground.roots(ground.kubernetes("execute", None));
    let (management, context) = (ground.management(), context());
    let sealed = wrap(&serve, &management, &context).await.unwrap();
    denied(opens(&serve, &management, &context, &sealed).await);
    assert_eq!(
        opens(&execute, &management, &context, &sealed).await,
        Ok(true)
    );
}

#[tokio::test]
async fn an_account_has_no_other_ones_role() {
    let ground = Ground::shared().await;
    let _cluster = cluster(&ground).await;
    let management = ground.management();
    // A pod of a tenant, whose token the cluster does not even know as one of these.
    for (account, role) in [
        ("serve", "execute"),
        ("execute", "serve"),
        ("tenant", "execute"),
        ("execute", "nobody"),
    ] {
        let roots = ground.roots(ground.kubernetes(account, Some(role)));
        let detail = denied(works(&roots, &management).await);
        let what = format!(
            "Kubernetes at auth/{} as role {role}",
            ground.named("kubernetes")
        );
        assert!(detail.contains(&what), "{account} {role}: {detail}");
        assert!(!detail.contains(&jwt(account)));
    }
}

#[tokio::test]
async fn each_tenant_has_a_session_of_its_role() {
    let ground = Ground::shared().await;
    let _cluster = cluster(&ground).await;
    let proxy = Proxy::to(ground.server.port()).await;
    ground.bao(&[
        "write",
        "auth/kubernetes-NUMBER/role/acme",
        "bound_service_account_names=execute",
        "bound_service_account_namespaces=vaultpilot",
        "audience=vault",
        "token_policies=serve-NUMBER",
    ]);
    let auth = ground.kubernetes("execute", None);
    let roots = roots_at(&proxy.address, auth);
    let of_role = |role: &str| KeyManagement::Vault {
        mount: ground.mount.clone(),
        key: "tenant-acme".to_owned(),
        role: role.to_owned(),
    };
    let context = context();
    let sealed = wrap(&roots, &of_role("acme"), &context).await.unwrap();
    denied(opens(&roots, &of_role("acme"), &context, &sealed).await);
    let opened = opens(&roots, &of_role("execute"), &context, &sealed).await;
    assert_eq!(opened, Ok(true));
    let login = format!("POST /v1/auth/{}/login", ground.named("kubernetes"));
    assert_eq!(proxy.asked(&login), 2);

    for role in ["", "../execute"] {
        let refused = roots.wrapper().check(&of_role(role)).await;
        assert_eq!(refused.unwrap_err().code(), "key_provider_unsupported");
    }
    assert_eq!(proxy.asked(&login), 2);
}
