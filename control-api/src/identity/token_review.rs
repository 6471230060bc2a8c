//! Asks the Kubernetes API server whose a token is (`TokenReview` of `authentication.k8s.io/v1`).
//!
//! The server checks signature, age, audience and that the pod and its service account still exist;
//! the answer is believed only where it names our audience and a service account.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Certificate, Client, StatusCode, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use vaultpilot_config::Identity;
use vaultpilot_core::Timestamp;

use super::{Account, TokenVerifier, VerifierDown, Workload};

const CONNECT: Duration = Duration::from_secs(2);
const WHOLE: Duration = Duration::from_secs(5);
const POD: &str = "authentication.kubernetes.io/pod-name";

/// Why the API server was not asked, or did not answer.
#[derive(Debug, thiserror::Error)]
pub enum TokenReviewsError {
    #[error("{} cannot be read", path.display())]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{} holds no certificate", path.display())]
    NoCertificate { path: PathBuf },
    #[error("{url} is no URL")]
    Url { url: String },
    #[error("API server does not answer")]
    Http(#[from] reqwest::Error),
    /// Most often: the service account may not create token reviews.
    #[error("API server refuses to review tokens: {status}")]
    Refused { status: StatusCode },
}

/// Reviews tokens at the API server, as the pod we run in.
pub struct TokenReviews {
    url: Url,
    token_file: PathBuf,
    ca_file: PathBuf,
    audience: String,
    /// The client, and the hash of the certificates it trusts: they are renewed, too.
    client: Mutex<Option<([u8; 32], Client)>>,
}

impl TokenReviews {
    /// # Errors
    /// When the API server's URL is none.
    pub fn new(identity: &Identity) -> Result<Self, TokenReviewsError> {
        let base = identity.api_server.0.trim_end_matches('/');
        let url = format!("{base}/apis/authentication.k8s.io/v1/tokenreviews");
        Ok(Self {
            url: url.parse().map_err(|_| TokenReviewsError::Url {
                url: base.to_owned(),
            })?,
            token_file: identity.token_file.clone(),
            ca_file: identity.ca_file.clone(),
            audience: identity.audience.clone(),
            client: Mutex::new(None),
        })
    }

    /// # Errors
    /// When the API server cannot be asked or does not answer.
    pub async fn review(
        &self,
        token: &SecretString,
    ) -> Result<Option<Workload>, TokenReviewsError> {
        let ours = read(&self.token_file).await?;
        let ours = SecretString::from(String::from_utf8_lossy(&ours).trim());
        let question = json!({
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenReview",
            "spec": { "token": token.expose_secret(), "audiences": [self.audience] },
        });
        let asked = self.client().await?.post(self.url.clone());
        let answer = asked
            .bearer_auth(ours.expose_secret())
            .json(&question)
            .send()
            .await
            .map_err(reqwest::Error::without_url)?;
        if !answer.status().is_success() {
            let status = answer.status();
            return Err(TokenReviewsError::Refused { status });
        }
        let review: Review = answer.json().await.map_err(reqwest::Error::without_url)?;
        Ok(self.workload(&review.status, token))
    }

    fn workload(&self, status: &Status, token: &SecretString) -> Option<Workload> {
        let ours = status.audiences.contains(&self.audience);
        if !status.authenticated || !ours {
            return None;
        }
        let pod = status.user.extra.get(POD).and_then(|pods| pods.first());
        Some(Workload {
            account: Account::from_username(&status.user.username)?,
            pod: pod.cloned(),
            expires_at: expiry(token.expose_secret()),
        })
    }

    async fn client(&self) -> Result<Client, TokenReviewsError> {
        let pem = read(&self.ca_file).await?;
        let hash: [u8; 32] = Sha256::digest(&pem).into();
        if let Ok(held) = self.client.lock()
            && let Some((known, client)) = &*held
            && *known == hash
        {
            return Ok(client.clone());
        }
        let trusted = Certificate::from_pem_bundle(&pem).unwrap_or_default();
        if trusted.is_empty() {
            return Err(TokenReviewsError::NoCertificate {
                path: self.ca_file.clone(),
            });
        }
        let client = Client::builder()
            .tls_certs_only(trusted)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            .build()?;
        if let Ok(mut held) = self.client.lock() {
            *held = Some((hash, client.clone()));
        }
        Ok(client)
    }
}

#[async_trait]
impl TokenVerifier for TokenReviews {
    async fn verify(&self, token: &SecretString) -> Result<Option<Workload>, VerifierDown> {
        let reviewed = self.review(token).await;
        reviewed.map_err(|error| VerifierDown(error.into()))
    }
}

async fn read(path: &PathBuf) -> Result<Vec<u8>, TokenReviewsError> {
    let text = tokio::fs::read(path).await;
    text.map_err(|source| TokenReviewsError::Read {
        path: path.clone(),
        source,
    })
}

#[derive(Deserialize)]
struct Review {
    #[serde(default)]
    status: Status,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Status {
    authenticated: bool,
    user: User,
    audiences: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct User {
    username: String,
    extra: std::collections::HashMap<String, Vec<String>>,
}

/// When a token is over, by its own word: asked only after the API server has vouched for it.
fn expiry(token: &str) -> Option<Timestamp> {
    #[derive(Deserialize)]
    struct Claims {
        exp: i64,
    }
    let claims = token.split('.').nth(1)?;
    let claims = URL_SAFE_NO_PAD.decode(claims).ok()?;
    let Claims { exp } = serde_json::from_slice(&claims).ok()?;
    Timestamp::from_second(exp).ok()
}
