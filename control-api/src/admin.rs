//! The admin page: one self-contained file over the REST operations.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vaultpilot_core::{Caller, Permission};

use crate::guard::cookie;
use crate::operation::{Method, Operation, Route};
use crate::rest::Asked;
use crate::session::{COOKIE, LINK};
use crate::{Api, Problem};

const PAGE: &str = concat!(
    include_str!("admin/head.html"),
    "<style>\n",
    include_str!("admin/page.css"),
    "</style>\n",
    include_str!("admin/page.html"),
    "<script>\n",
    include_str!("admin/page.js"),
    "</script>\n",
);
/// Nothing from elsewhere, and no frame around it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; \
                      connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";
const HEADERS: [(HeaderName, &str); 4] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CACHE_CONTROL, "no-store"),
];

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Operation::new("admin", Method::Get, "/admin")
            .says("The admin page.")
            .content("text/html")
            .handled_by(get(async || page(StatusCode::OK))),
        Operation::new("admin_link", Method::Post, "/api/v1/admin/link")
            .says("A one-time link to the admin page, for whoever asks.")
            .needs(Permission::KeyWrite)
            .gives::<OneTimeLink>()
            .handled_by(post(link)),
        Operation::new("admin_login", Method::Get, "/admin/login")
            .says("Turns a one-time link into a session.")
            .query(&[("token", "the link's token, good once and for 30 minutes")])
            .content("text/html")
            .handled_by(get(login)),
        Operation::new("admin_logout", Method::Post, "/admin/logout")
            .says("Ends the session.")
            .handled_by(post(logout)),
    ]
}

/// The page, also where it can only say how to come in.
fn page(status: StatusCode) -> Response {
    (status, HEADERS, Html(PAGE)).into_response()
}

#[derive(Serialize, JsonSchema)]
struct OneTimeLink {
    url: String,
    expires_in_s: u64,
}

async fn link(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
) -> Result<Response, Problem> {
    api.app.link_create(&caller).await?;
    let token = api.sessions.link(caller);
    let link = OneTimeLink {
        url: format!("{}/admin/login?token={token}", api.house.api_url),
        expires_in_s: LINK.as_secs(),
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(link)).into_response())
}

#[derive(Deserialize)]
struct Login {
    token: String,
}

async fn login(
    State(api): State<Api>,
    headers: HeaderMap,
    Asked(login): Asked<Login>,
) -> Result<Response, Problem> {
    let Some((session, caller)) = api.sessions.login(&login.token) else {
        return Ok(turned_away(&api, &headers));
    };
    if let Err(fault) = api.app.session_start(&caller).await {
        api.sessions.logout(&session);
        return Err(fault.into());
    }
    let cookie = format!("{COOKIE}={session}; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200");
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/admin")).into_response())
}

/// A link that is used up: fine for who is in already, else a page for browsers and a problem for
/// programs.
fn turned_away(api: &Api, headers: &HeaderMap) -> Response {
    if cookie(headers).is_some_and(|id| api.sessions.caller(id).is_some()) {
        return Redirect::to("/admin").into_response();
    }
    let accept = headers.get(header::ACCEPT);
    if accept.is_some_and(|kinds| {
        kinds
            .to_str()
            .is_ok_and(|kinds| kinds.contains("text/html"))
    }) {
        return page(StatusCode::UNAUTHORIZED);
    }
    let detail = "this link was used or is too old; `vaultpilot admin` prints a new one";
    Problem::new(StatusCode::UNAUTHORIZED, "link_invalid", detail).into_response()
}

async fn logout(State(api): State<Api>, headers: HeaderMap) -> Response {
    if let Some(session) = cookie(&headers) {
        api.sessions.logout(session);
    }
    let gone = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    ([(header::SET_COOKIE, gone)], StatusCode::NO_CONTENT).into_response()
}
