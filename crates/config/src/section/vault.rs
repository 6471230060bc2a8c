//! Vault or OpenBao, for tenants whose keys are wrapped by its transit engine.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_policy::document::Span;

use super::rule::{is_http, is_loopback};
use super::{Rule, Section};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Vault {
    /// Such as `https://vault.vault.svc:8200`. Empty: no tenant's keys are wrapped by Vault.
    pub address: String,
    /// Who signed the server's certificate, PEM. Absent: the public authorities.
    pub ca_file: Option<PathBuf>,
    /// The namespace of Vault Enterprise or OpenBao.
    pub namespace: Option<String>,
    /// How this process logs in.
    pub login: VaultLogin,
    /// Where the login method is mounted. Absent: `kubernetes` or `approle`.
    pub login_mount: Option<String>,
    /// For `kubernetes`: the role, where it is not the tenant's own.
    pub role: Option<String>,
    /// For `approle`: the role's id.
    pub role_id: Option<String>,
    /// For `approle`: the file with the secret id. Read at every login.
    pub secret_id_file: Option<PathBuf>,
    /// For `token`: the file with the token. For `kubernetes`: the service account's token, made for
    /// Vault. Read at every login.
    pub token_file: Option<PathBuf>,
    /// How long one call may take, with its repetitions.
    pub timeout: Span,
}

/// How a process logs in to Vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VaultLogin {
    /// With the token of the pod's service account.
    #[default]
    Kubernetes,
    /// With a role id and a secret id.
    Approle,
    /// With a token that somebody else renews or replaces.
    Token,
}

impl Vault {
    pub fn is_configured(&self) -> bool {
        !self.address.is_empty()
    }
}

impl Default for Vault {
    fn default() -> Self {
        Self {
            address: String::new(),
            ca_file: None,
            namespace: None,
            login: VaultLogin::default(),
            login_mount: None,
            role: None,
            role_id: None,
            secret_id_file: None,
            token_file: None,
            timeout: Span::seconds(5),
        }
    }
}

impl Section for Vault {
    fn validate(&self) -> Vec<(&'static str, Rule)> {
        if !self.is_configured() {
            return Vec::new();
        }
        let mut broken = Vec::new();
        if !is_http(&self.address) {
            broken.push(("address", Rule::NotHttp));
        } else if !self.address.starts_with("https://") && !is_loopback(&self.address) {
            // Seeds would travel in the clear; on this machine alone is a trial.
            broken.push(("address", Rule::NotHttps));
        }
        let mut needs = |key, is_missing: bool, when| {
            if is_missing {
                broken.push((key, Rule::Needed { when }));
            }
        };
        match self.login {
            VaultLogin::Kubernetes => {
                let when = "vault.login is kubernetes";
                needs("token_file", self.token_file.is_none(), when);
            }
            VaultLogin::Approle => {
                let when = "vault.login is approle";
                needs("role_id", self.role_id.is_none(), when);
                needs("secret_id_file", self.secret_id_file.is_none(), when);
            }
            VaultLogin::Token => {
                let when = "vault.login is token";
                needs("token_file", self.token_file.is_none(), when);
            }
        }
        let given = self.timeout.duration().as_secs();
        let (least, most) = (1, 60);
        if !(least..=most).contains(&given) {
            broken.push(("timeout", Rule::OutOfRange { given, least, most }));
        }
        broken
    }
}
