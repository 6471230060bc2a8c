//! Who calls, and whether they may: before any handler runs.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use secrecy::SecretString;
use vaultpilot_core::Caller;
use vaultpilot_ports::{ControlPlane, Fault};

use crate::operation::Access;
use crate::session::COOKIE;
use crate::{Api, Problem};

/// Lets a request through to an operation of this access, with its `Caller` attached.
pub(crate) async fn access(
    State((api, access)): State<(Api, Access)>,
    mut request: Request,
    next: Next,
) -> Response {
    if access == Access::Open {
        return next.run(request).await;
    }
    let ip = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip());
    let credential = credential(&api, &request);
    match caller(&api, credential, ip).await {
        Ok(caller) if may(&caller, access) => {
            request.extensions_mut().insert(caller);
            if request.method().is_safe() {
                next.run(request).await
            } else {
                to_the_end(request, next).await
            }
        }
        Ok(_) => Problem::from(Fault::Forbidden).into_response(),
        Err(problem) => problem.into_response(),
    }
}

/// Whoever hangs up does not stop half-way what they asked for: a change that is committed is also
/// in force.
async fn to_the_end(request: Request, next: Next) -> Response {
    #[expect(
        clippy::disallowed_methods,
        reason = "awaited here; outlives only a client that left"
    )]
    let done = tokio::spawn(next.run(request));
    done.await.unwrap_or_else(|_| {
        Problem::from(Fault::Internal {
            reference: "handler".to_owned(),
        })
        .into_response()
    })
}

fn may(caller: &Caller, access: Access) -> bool {
    match access {
        Access::Open | Access::Authenticated => true,
        Access::Person(permission) => caller.is_person() && caller.role.allows(permission),
    }
}

/// What a request comes with.
enum Credential {
    Nothing,
    Key(SecretString),
    Session(Caller),
    /// A session where only a header of ours would do: a cookie comes along by itself.
    Forgeable,
}

fn credential(api: &Api, request: &Request) -> Credential {
    if let Some(token) = bearer(request.headers()) {
        return Credential::Key(SecretString::from(token.to_owned()));
    }
    match cookie(request.headers()).and_then(|id| api.sessions.caller(id)) {
        None => Credential::Nothing,
        Some(caller)
            if request.method().is_safe()
                || request.headers().contains_key("x-vaultpilot-csrf") =>
        {
            Credential::Session(caller)
        }
        Some(_) => Credential::Forgeable,
    }
}

async fn caller(api: &Api, given: Credential, ip: Option<IpAddr>) -> Result<Caller, Problem> {
    match given {
        Credential::Nothing => Err(Fault::Unauthenticated.into()),
        Credential::Key(key) => Ok(api.app.authenticate(&api.house.tenant, &key, ip).await?),
        Credential::Session(caller) => Ok(Caller { ip, ..caller }),
        Credential::Forgeable => {
            let detail = "requests with a session cookie need the header x-vaultpilot-csrf";
            Err(Problem::new(
                StatusCode::FORBIDDEN,
                "csrf_header_missing",
                detail,
            ))
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .strip_prefix("Bearer ")
}

pub(crate) fn cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
    cookies
        .split("; ")
        .find_map(|pair| pair.strip_prefix(COOKIE)?.strip_prefix('='))
}

/// Refuses names that are not ours: a page elsewhere whose name resolves to us (DNS rebinding).
pub(crate) async fn host(State(api): State<Api>, request: Request, next: Next) -> Response {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let name = host.map(|host| match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    });
    if name.is_some_and(|name| {
        api.house
            .allowed_hosts
            .iter()
            .any(|allowed| allowed == name)
    }) {
        return next.run(request).await;
    }
    let detail = "this server does not answer to that host name; see server.allowed_hosts";
    Problem::new(StatusCode::FORBIDDEN, "host_not_allowed", detail).into_response()
}
