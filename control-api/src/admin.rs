//! The admin page: one self-contained file over the REST operations.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::guard::cookie;
use crate::operation::{Method, Operation, Route};
use crate::session::COOKIE;
use crate::{Api, Problem};

const PAGE: &str = include_str!("admin/page.html");
/// Nothing from elsewhere, and no frame around it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; \
                      connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Operation::new("admin", Method::Get, "/admin")
            .says("The admin page.")
            .content("text/html")
            .handled_by(get(page)),
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

async fn page() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, Html(PAGE))
}

#[derive(Deserialize)]
struct Login {
    token: String,
}

async fn login(State(api): State<Api>, Query(login): Query<Login>) -> Response {
    let Some(session) = api.sessions.login(&login.token) else {
        let detail = "this link was used or is too old; `vaultpilot admin` prints a new one";
        return Problem::new(StatusCode::UNAUTHORIZED, "link_invalid", detail).into_response();
    };
    let cookie = format!("{COOKIE}={session}; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200");
    ([(header::SET_COOKIE, cookie)], Redirect::to("/admin")).into_response()
}

async fn logout(State(api): State<Api>, headers: HeaderMap) -> Response {
    if let Some(session) = cookie(&headers) {
        api.sessions.logout(session);
    }
    let gone = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    ([(header::SET_COOKIE, gone)], StatusCode::NO_CONTENT).into_response()
}
