//! The ways in.

use std::sync::Arc;

use tokio::task::JoinSet;
use vaultpilot_keys_vault::VaultAuth;

use crate::ground::{Ground, context, denied, opens, roots_at, works, wrap};
use crate::proxy::Proxy;

impl Ground<'_> {
    /// A role of the method for this policy, in a method of the test's own.
    pub(crate) fn app_role(&self, policy: &str, more: &[&str]) -> VaultAuth {
        let mount = self.named("approle");
        let enable = ["auth", "enable", "-path=approle-NUMBER", "approle"];
        // A second role of the same test finds it there.
        let enable: Vec<String> = enable.iter().map(|word| self.numbered(word)).collect();
        let enable: Vec<&str> = enable.iter().map(String::as_str).collect();
        self.server.try_bao(&enable, "").ok();
        let role = format!("auth/{mount}/role/{policy}");
        let policies = format!("token_policies={}", self.named(policy));
        self.bao(&[&["write", &role, &policies], more].concat());
        let role_id = self.bao(&["read", "-field=role_id", &format!("{role}/role-id")]);
        let secret_id = format!("{role}/secret-id");
        let secret_id = self.bao(&["write", "-f", "-field=secret_id", &secret_id]);
        VaultAuth::AppRole {
            secret_id_file: self.file(&format!("secret-id-{policy}"), &secret_id),
            mount,
            role_id,
        }
    }

    fn numbered(&self, word: &str) -> String {
        word.replace("NUMBER", &self.number.to_string())
    }
}

#[tokio::test]
async fn app_role_logs_in() {
    let ground = Ground::shared().await;
    let serve = ground.roots(ground.app_role("serve", &[]));
    let execute = ground.roots(ground.app_role("execute", &[]));
    let (management, context) = (ground.management(), context());
    let sealed = wrap(&serve, &management, &context).await.unwrap();
    assert_eq!(
        opens(&execute, &management, &context, &sealed).await,
        Ok(true)
    );
    denied(opens(&serve, &management, &context, &sealed).await);
}

#[tokio::test]
async fn a_secret_id_that_is_refused_is_read_again_from_its_file() {
    let ground = Ground::shared().await;
    let auth = ground.app_role("execute", &[]);
    let VaultAuth::AppRole { secret_id_file, .. } = &auth else {
        unreachable!("it is AppRole's");
    };
    let right = std::fs::read_to_string(secret_id_file).unwrap();
    std::fs::write(secret_id_file, "00000000-hunter2").unwrap();
    let roots = ground.roots(auth.clone());
    let detail = denied(works(&roots, &ground.management()).await);
    assert!(detail.contains("AppRole at auth/approle-"), "{detail}");
    assert!(!detail.contains("hunter2"));
    std::fs::write(secret_id_file, right).unwrap();
    assert_eq!(works(&roots, &ground.management()).await, Ok(true));
}

#[tokio::test]
async fn a_method_that_is_not_there_is_named() {
    let ground = Ground::shared().await;
    let roots = ground.roots(VaultAuth::AppRole {
        mount: "nowhere".to_owned(),
        role_id: "role".to_owned(),
        secret_id_file: ground.file("secret-id", "secret"),
    });
    let detail = denied(works(&roots, &ground.management()).await);
    assert!(detail.contains("AppRole at auth/nowhere"), "{detail}");
}

#[tokio::test]
async fn however_many_ask_at_once_there_is_one_login() {
    let ground = Ground::shared().await;
    let proxy = Proxy::to(ground.server.port()).await;
    let auth = ground.app_role("execute", &[]);
    let roots = roots_at(&proxy.address, auth);
    let management = Arc::new(ground.management());
    let mut callers = JoinSet::new();
    for _ in 0..16 {
        let (roots, management) = (roots.clone(), Arc::clone(&management));
        callers.spawn(async move { works(&roots, &management).await });
    }
    while let Some(done) = callers.join_next().await {
        assert_eq!(done.unwrap(), Ok(true));
    }
    let login = format!("POST /v1/auth/{}/login", ground.named("approle"));
    assert_eq!(proxy.asked(&login), 1);
}
