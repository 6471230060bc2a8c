//! Logging in, and what Vault says about it.

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use vaultpilot_ports::keys::KeyError;

use crate::credential;
use crate::http::{Answer, Request};
use crate::json;
use crate::line::{Line, Repeat};
use crate::options::VaultAuth;
use crate::session::Session;

#[derive(Serialize)]
struct AppRole<'a> {
    role_id: &'a str,
    secret_id: &'a str,
}

#[derive(Serialize)]
struct Kubernetes<'a> {
    role: &'a str,
    jwt: &'a str,
}

#[derive(Serialize)]
struct Nothing {}

#[derive(Deserialize)]
struct Granted<'a> {
    #[serde(borrow)]
    auth: Auth<'a>,
}

#[derive(Deserialize)]
struct Auth<'a> {
    client_token: &'a str,
    lease_duration: u64,
    #[serde(default)]
    renewable: bool,
}

#[derive(Deserialize)]
struct LookedUp {
    data: Life,
}

#[derive(Deserialize)]
struct Life {
    ttl: u64,
    #[serde(default)]
    renewable: bool,
}

/// A new session, with what the files say now.
pub(crate) async fn begin(line: &Line, auth: &VaultAuth, role: &str) -> Result<Session, KeyError> {
    match auth {
        VaultAuth::Token { file } => adopt(line, credential::read(file).await?).await,
        VaultAuth::AppRole {
            mount,
            role_id,
            secret_id_file,
        } => {
            let secret = credential::read(secret_id_file).await?;
            let request = Request::post(
                &format!("auth/{mount}/login"),
                json::body(&AppRole {
                    role_id,
                    secret_id: secret.expose_secret(),
                }),
            );
            let what = format!("AppRole at auth/{mount}");
            log_in(line, request, &what).await
        }
        VaultAuth::Kubernetes {
            mount, token_file, ..
        } => {
            let jwt = credential::read(token_file).await?;
            let request = Request::post(
                &format!("auth/{mount}/login"),
                json::body(&Kubernetes {
                    role,
                    jwt: jwt.expose_secret(),
                }),
            );
            let what = format!("Kubernetes at auth/{mount} as role {role}");
            log_in(line, request, &what).await
        }
    }
}

async fn log_in(line: &Line, request: Request, what: &str) -> Result<Session, KeyError> {
    let now = Instant::now();
    let answer = line.ask(request, None, Repeat::Unsent).await?;
    let session = granted(line, &answer, now, what)?;
    tracing::debug!(vault.login = what, "logged in to vault");
    Ok(session)
}

/// A token somebody else made. Whoever may not look it up does not learn when it ends, and finds out
/// when it is refused.
async fn adopt(line: &Line, token: SecretString) -> Result<Session, KeyError> {
    let now = Instant::now();
    let answer = look_up(line, &token).await?;
    match answer.status {
        200 => {
            let found = json::read::<LookedUp>(&answer.body);
            let Life { ttl, renewable } = found
                .ok_or_else(|| line.unavailable("answered what is no token's life"))?
                .data;
            Ok(Session::new(token, ttl, renewable, now))
        }
        403 => Ok(Session::without_end(token)),
        _ => Err(refused(line, &answer, "a token")),
    }
}

/// Whether Vault knows the token: then it is not the login that is at fault.
pub(crate) async fn is_known(line: &Line, session: &Session) -> Result<bool, KeyError> {
    let answer = look_up(line, &session.token).await?;
    match answer.status {
        200 => Ok(true),
        403 => Ok(false),
        _ => Err(refused(line, &answer, "a token")),
    }
}

async fn look_up(line: &Line, token: &SecretString) -> Result<Answer, KeyError> {
    let request = Request::get("auth/token/lookup-self");
    line.ask(request, Some(token), Repeat::Always).await
}

/// The same token for longer.
pub(crate) async fn renew(line: &Line, session: &Session) -> Result<Session, KeyError> {
    let request = Request::post("auth/token/renew-self", json::body(&Nothing {}));
    let now = Instant::now();
    let answer = line
        .ask(request, Some(&session.token), Repeat::Always)
        .await?;
    granted(line, &answer, now, "the token it gave before")
}

fn granted(line: &Line, answer: &Answer, now: Instant, what: &str) -> Result<Session, KeyError> {
    if answer.status != 200 {
        return Err(refused(line, answer, what));
    }
    let granted = json::read::<Granted<'_>>(&answer.body);
    let granted = granted.ok_or_else(|| line.unavailable("answered a login with no token"))?;
    let Auth {
        client_token,
        lease_duration,
        renewable,
    } = granted.auth;
    let token = SecretString::from(client_token);
    Ok(Session::new(token, lease_duration, renewable, now))
}

fn refused(line: &Line, answer: &Answer, what: &str) -> KeyError {
    match answer.status {
        400 | 401 | 403 => KeyError::Denied {
            detail: format!("vault refuses the login by {what}"),
        },
        404 => KeyError::Denied {
            detail: format!("vault has no such login as by {what}, or the namespace is another"),
        },
        429 => KeyError::Throttled,
        status => line.unavailable(&format!("answered the login with status {status}")),
    }
}
