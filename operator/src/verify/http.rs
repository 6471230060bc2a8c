//! Calling it over HTTP, as an MCP client would.

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Client, RequestBuilder, Response, StatusCode, header, redirect};
use serde_json::{Value, json};

use super::{Seen, Target, Unsound, Verify};

const TIMEOUT: Duration = Duration::from_secs(5);
/// No answer to these questions is longer.
const MAX_BODY: usize = 64 * 1024;
const PROTOCOL: &str = "2026-07-28";

#[derive(Debug, thiserror::Error)]
#[error("HTTP client cannot be made")]
pub struct VerifierError(#[from] reqwest::Error);

pub struct HttpVerifier {
    client: Client,
    /// A credential that tenants' endpoints believe, if there is one.
    credential: Option<PathBuf>,
}

impl HttpVerifier {
    /// # Errors
    /// When no client can be made.
    pub fn new(credential: Option<PathBuf>) -> Result<Self, VerifierError> {
        let client = Client::builder()
            .timeout(TIMEOUT)
            .connect_timeout(TIMEOUT)
            .redirect(redirect::Policy::none())
            .no_proxy()
            // A pod that is gone must not be asked over a connection that still seems open.
            .pool_max_idle_per_host(0)
            .build()?;
        Ok(Self { client, credential })
    }

    async fn send(&self, url: &str, request: RequestBuilder) -> Result<Response, Unsound> {
        request.send().await.map_err(|error| Unsound::Unreachable {
            url: url.to_owned(),
            why: cause(&error),
        })
    }

    fn discover(&self, target: &Target) -> (String, RequestBuilder) {
        let url = format!("{}/t/{}/mcp", target.service, target.tenant);
        let request = self
            .client
            .post(&url)
            .header(header::HOST, &target.host)
            .header(header::ACCEPT, "application/json, text/event-stream")
            .header("mcp-protocol-version", PROTOCOL)
            .header("mcp-method", "server/discover")
            .json(&json!({
                "jsonrpc": "2.0",
                "id": 1,
                "method": "server/discover",
                "params": { "_meta": {
                    "io.modelcontextprotocol/protocolVersion": PROTOCOL,
                    "io.modelcontextprotocol/clientInfo": {
                        "name": "vaultpilot-operator",
                        "version": env!("CARGO_PKG_VERSION"),
                    },
                    "io.modelcontextprotocol/clientCapabilities": {},
                } },
            }));
        (url, request)
    }

    async fn is_ready(&self, target: &Target) -> Result<(), Unsound> {
        let url = format!("{}/readyz", target.probes);
        let response = self.send(&url, self.client.get(&url)).await?;
        let status = response.status();
        if status == StatusCode::OK {
            return Ok(());
        }
        Err(Unsound::NotReady {
            url,
            status: status.as_u16(),
            body: text(response).await.chars().take(200).collect(),
        })
    }

    async fn refuses_strangers(&self, target: &Target) -> Result<(), Unsound> {
        let (url, request) = self.discover(target);
        let response = self.send(&url, request).await?;
        let status = response.status();
        if status.is_success() {
            let status = status.as_u16();
            return Err(Unsound::Open { status });
        }
        if status != StatusCode::UNAUTHORIZED {
            let status = status.as_u16();
            return Err(Unsound::NotRefused { status });
        }
        let challenge = response.headers().get(header::WWW_AUTHENTICATE);
        let challenge = challenge.and_then(|value| value.to_str().ok());
        let found = challenge.and_then(resource_metadata).unwrap_or("nothing");
        if found == target.metadata {
            return Ok(());
        }
        Err(Unsound::Challenge {
            found: found.to_owned(),
            expected: target.metadata.clone(),
        })
    }

    async fn names_itself(&self, target: &Target) -> Result<(), Unsound> {
        let path = format!(
            "/.well-known/oauth-protected-resource/t/{}/mcp",
            target.tenant
        );
        let url = format!("{}{path}", target.service);
        let request = self.client.get(&url).header(header::HOST, &target.host);
        let response = self.send(&url, request).await?;
        let status = response.status();
        let body = text(response).await;
        if status != StatusCode::OK {
            return Err(Unsound::NotReady {
                url,
                status: status.as_u16(),
                body: body.chars().take(200).collect(),
            });
        }
        let document: Value = serde_json::from_str(&body).unwrap_or_default();
        let found = document["resource"].as_str().unwrap_or("nothing");
        if found == target.resource {
            return Ok(());
        }
        Err(Unsound::Resource {
            found: found.to_owned(),
            expected: target.resource.clone(),
        })
    }

    async fn discovered(&self, target: &Target, credential: &str) -> Result<Seen, Unsound> {
        let (url, request) = self.discover(target);
        let response = self.send(&url, request.bearer_auth(credential)).await?;
        let failed = |why: String| Unsound::Discover { why };
        let status = response.status();
        let body = text(response).await;
        if status != StatusCode::OK {
            return Err(failed(format!("it was answered with {status}")));
        }
        let answer: Value = serde_json::from_str(&body).unwrap_or_default();
        let result = &answer["result"];
        let versions: Vec<String> = result["supportedVersions"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|version| version.as_str().map(str::to_owned))
            .collect();
        if !versions.iter().any(|version| version == PROTOCOL) {
            return Err(failed(format!("it does not speak revision {PROTOCOL}")));
        }
        let info = &result["_meta"]["io.modelcontextprotocol/serverInfo"];
        Ok(Seen {
            protocol_versions: versions,
            server_version: info["version"].as_str().map(str::to_owned),
        })
    }
}

#[async_trait]
impl Verify for HttpVerifier {
    async fn verify(&self, target: &Target) -> Result<Seen, Unsound> {
        self.is_ready(target).await?;
        self.refuses_strangers(target).await?;
        self.names_itself(target).await?;
        let Some(path) = &self.credential else {
            return Ok(Seen::default());
        };
        let credential = tokio::fs::read_to_string(path).await;
        let credential = credential.map_err(|error| Unsound::Discover {
            why: format!("{} cannot be read: {error}", path.display()),
        })?;
        self.discovered(target, credential.trim()).await
    }
}

/// The `resource_metadata` of a challenge.
fn resource_metadata(challenge: &str) -> Option<&str> {
    let (scheme, rest) = challenge.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let (_, value) = rest.split_once("resource_metadata=\"")?;
    value.split('"').next()
}

async fn text(mut response: Response) -> String {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_BODY {
            bytes.truncate(MAX_BODY);
            break;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The innermost error: the outer ones only say that there was one.
fn cause(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
