//! A transit engine and policies of a test's own, on a server that the tests share.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tempfile::TempDir;
use tokio::sync::OnceCell;
use vaultpilot_core::KeyManagement;
use vaultpilot_keys_vault::{VaultAuth, VaultOptions, VaultRoots};
use vaultpilot_ports::keys::{
    KekContext, KeyError, RootSealed, RootUnwrapper as _, RootWrapper as _,
};
use vaultpilot_secret::Secret;
use vaultpilot_testkit::OpenBaoServer;
use vaultpilot_testkit::fixture::tenant_id;

pub(crate) const SERVE: &str = include_str!("../../policies/serve.hcl");
pub(crate) const EXECUTE: &str = include_str!("../../policies/execute.hcl");

pub(crate) struct Ground<'a> {
    pub(crate) server: &'a OpenBaoServer,
    /// In every name this test gives to something at the server.
    pub(crate) number: u32,
    pub(crate) mount: String,
    pub(crate) folder: TempDir,
}

impl Ground<'static> {
    pub(crate) async fn shared() -> Self {
        static SERVER: OnceCell<OpenBaoServer> = OnceCell::const_new();
        Self::on(SERVER.get_or_init(|| OpenBaoServer::start(None)).await)
    }
}

impl<'a> Ground<'a> {
    /// A transit engine with the key `tenant-acme`, and the two policies for it.
    pub(crate) fn on(server: &'a OpenBaoServer) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        let _ = rustls::crypto::ring::default_provider().install_default();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let ground = Self {
            server,
            number,
            mount: format!("transit-{number}"),
            folder: TempDir::new().unwrap(),
        };
        ground.bao(&["secrets", "enable", "-path=MOUNT", "transit"]);
        ground.bao(&["write", "MOUNT/keys/tenant-acme", "derived=true"]);
        for (name, text) in [("serve", SERVE), ("execute", EXECUTE)] {
            let text = text.replace("\"transit/", &format!("\"{}/", ground.mount));
            server.policy(&ground.named(name), &text);
        }
        ground
    }

    pub(crate) fn named(&self, name: &str) -> String {
        format!("{name}-{}", self.number)
    }

    /// `MOUNT` in an argument is the engine's, `NUMBER` the test's.
    pub(crate) fn bao(&self, arguments: &[&str]) -> String {
        let number = self.number.to_string();
        let replaced = |argument: &&str| {
            argument
                .replace("MOUNT", &self.mount)
                .replace("NUMBER", &number)
        };
        let arguments: Vec<String> = arguments.iter().map(replaced).collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        self.server.bao(&arguments).trim().to_owned()
    }

    pub(crate) fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// A new token that may what the policy says, and its file.
    pub(crate) fn token(&self, policy: &str, more: &[&str]) -> (String, PathBuf) {
        let policy = format!("-policy={}", self.named(policy));
        let make = ["token", "create", "-field=token", &policy];
        let token = self.bao(&[&make[..], more].concat());
        let file = self.file(&token, &token);
        (token, file)
    }

    pub(crate) fn by_token(&self, policy: &str) -> VaultRoots {
        let (_, file) = self.token(policy, &[]);
        self.roots(VaultAuth::Token { file })
    }

    pub(crate) fn roots(&self, auth: VaultAuth) -> VaultRoots {
        roots_at(self.server.address(), auth)
    }

    pub(crate) fn management(&self) -> KeyManagement {
        management(&self.mount, "tenant-acme")
    }
}

pub(crate) fn options(address: &str, auth: VaultAuth) -> VaultOptions {
    VaultOptions {
        address: address.to_owned(),
        ca_file: None,
        namespace: None,
        auth,
        timeout: Duration::from_secs(20),
    }
}

pub(crate) fn roots_at(address: &str, auth: VaultAuth) -> VaultRoots {
    VaultRoots::new(&options(address, auth)).unwrap()
}

pub(crate) fn management(mount: &str, key: &str) -> KeyManagement {
    KeyManagement::Vault {
        mount: mount.to_owned(),
        key: key.to_owned(),
        role: "execute".to_owned(),
    }
}

pub(crate) fn context() -> KekContext {
    KekContext {
        tenant: tenant_id(),
        version: 1,
    }
}

pub(crate) fn seed() -> Secret {
    let mut seed = Secret::empty();
    seed.bytes_mut()
        .copy_from_slice(b"thirty-two bytes nobody may see!");
    seed
}

pub(crate) async fn wrap(
    roots: &VaultRoots,
    management: &KeyManagement,
    context: &KekContext,
) -> Result<RootSealed, KeyError> {
    roots.wrapper().wrap(management, context, &seed()).await
}

/// Opens it and says whether the seed was in it.
pub(crate) async fn opens(
    roots: &VaultRoots,
    management: &KeyManagement,
    context: &KekContext,
    sealed: &RootSealed,
) -> Result<bool, KeyError> {
    let opened = roots.unwrapper().unwrap(management, context, sealed).await;
    opened.map(|opened| opened.bytes() == seed().bytes())
}

/// Wraps and opens: whether everything works.
pub(crate) async fn works(
    roots: &VaultRoots,
    management: &KeyManagement,
) -> Result<bool, KeyError> {
    let context = context();
    let sealed = wrap(roots, management, &context).await?;
    opens(roots, management, &context, &sealed).await
}

pub(crate) fn denied<T>(result: Result<T, KeyError>) -> String {
    match result {
        Err(KeyError::Denied { detail }) => detail,
        Err(other) => panic!("refused for another reason: {other}"),
        Ok(_) => panic!("it was not refused"),
    }
}

pub(crate) fn unavailable<T>(result: Result<T, KeyError>) -> String {
    match result {
        Err(KeyError::Unavailable { detail }) => detail,
        Err(other) => panic!("failed for another reason: {other}"),
        Ok(_) => panic!("it did not fail"),
    }
}
