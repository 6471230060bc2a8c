//! Who wraps tenants' keys beside the house's own root: Vault and AWS KMS, where they are configured.

use std::num::NonZeroU32;
use std::sync::Arc;

use vaultpilot_config::{AwsKms, Vault, VaultLogin};
use vaultpilot_keys::Roots;
use vaultpilot_keys_kms::{Kms, KmsCredentials, KmsOptions};
use vaultpilot_keys_vault::{VaultAuth, VaultOptions, VaultRoots};
use vaultpilot_ports::RootWrapper;
use vaultpilot_ports::keys::ExternalKeys;

use super::OpenError;

/// What was found in the configuration. Nothing was asked of anybody yet: a house opens while a
/// provider is away.
#[derive(Clone, Default)]
pub struct Providers {
    pub vault: Option<VaultRoots>,
    pub aws_kms: Option<Kms>,
}

impl Providers {
    /// # Errors
    /// When options lead nowhere.
    pub async fn open(vault: &Vault, aws_kms: &AwsKms) -> Result<Self, OpenError> {
        let mut found = Self::default();
        if vault.is_configured() {
            found.vault = Some(VaultRoots::new(&vault_options(vault))?);
        }
        if aws_kms.is_configured() {
            found.aws_kms = Some(Kms::connect(kms_options(aws_kms)).await?);
        }
        Ok(found)
    }

    /// What wraps, of the house's own root and of the providers.
    pub fn wrappers(&self, local: Arc<dyn RootWrapper>) -> Roots<dyn RootWrapper> {
        let vault = self.vault.as_ref();
        let aws_kms = self.aws_kms.as_ref();
        Roots {
            local: Some(local),
            vault: vault.map(|vault| Arc::new(vault.wrapper()) as Arc<dyn RootWrapper>),
            aws_kms: aws_kms.map(|kms| Arc::new(kms.wrapper()) as Arc<dyn RootWrapper>),
        }
    }

    /// What takes note of wallet keys that live elsewhere.
    pub fn external_keys(&self) -> Option<Arc<dyn ExternalKeys>> {
        let aws_kms = self.aws_kms.as_ref();
        aws_kms.map(|kms| Arc::new(kms.keys()) as Arc<dyn ExternalKeys>)
    }

    /// Keeps a token of Vault alive that nobody else could make anew. Ends at once without Vault,
    /// else never.
    pub async fn tend(self) {
        if let Some(vault) = &self.vault {
            vault.tend().await;
        }
    }
}

fn vault_options(config: &Vault) -> VaultOptions {
    let mount = |usual: &str| {
        let given = config.login_mount.clone();
        given.unwrap_or_else(|| usual.to_owned())
    };
    // The configuration has judged already that what a login needs is there.
    let auth = match config.login {
        VaultLogin::Kubernetes => VaultAuth::Kubernetes {
            mount: mount("kubernetes"),
            role: config.role.clone(),
            token_file: config.token_file.clone().unwrap_or_default(),
        },
        VaultLogin::Approle => VaultAuth::AppRole {
            mount: mount("approle"),
            role_id: config.role_id.clone().unwrap_or_default(),
            secret_id_file: config.secret_id_file.clone().unwrap_or_default(),
        },
        VaultLogin::Token => VaultAuth::Token {
            file: config.token_file.clone().unwrap_or_default(),
        },
    };
    VaultOptions {
        address: config.address.clone(),
        ca_file: config.ca_file.clone(),
        namespace: config.namespace.clone(),
        auth,
        timeout: config.timeout.duration(),
    }
}

fn kms_options(config: &AwsKms) -> KmsOptions {
    let base = KmsOptions::default();
    KmsOptions {
        region: config.region.clone(),
        endpoint: config.endpoint.clone(),
        credentials: KmsCredentials::Chain,
        timeout: config.timeout.duration(),
        signatures_per_second: NonZeroU32::new(config.signatures_per_second)
            .unwrap_or(base.signatures_per_second),
        ..base
    }
}
