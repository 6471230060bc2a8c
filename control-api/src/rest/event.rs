//! Events: the audit log for readers, the chain for verifiers, the live feed for watchers.

use std::convert::Infallible;

use axum::Extension;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::Stream;
use futures::stream::unfold;
use serde::Deserialize;
use tokio::sync::broadcast::error::RecvError;
use vaultpilot_core::{Caller, Permission};
use vaultpilot_ports::Fault;
use vaultpilot_ports::control_plane::{EventQuery, EventView, ListQuery, Listed};

use super::input::{Asked, parse};
use crate::operation::{Method, Operation, Route};
use crate::{Api, Problem};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Operation::new("event_list", Method::Get, "/api/v1/events")
            .says("Audit entries for readers, newest first.")
            .needs(Permission::AuditRead)
            .query(&[
                ("wallet", "label or id"),
                ("denied_only", "true: only what was denied"),
                ("cursor", "next_cursor of the page before"),
                ("limit", "1 to 200, 50 if absent"),
            ])
            .gives::<Listed<EventView>>()
            .handled_by(get(list)),
        Operation::new("audit_export", Method::Get, "/api/v1/audit")
            .says("Chained audit entries in order, one JSON a line; header x-next-after.")
            .needs(Permission::AuditRead)
            .query(&[
                ("after", "seq of the last entry you have"),
                ("limit", "at most 1000"),
            ])
            .content("application/x-ndjson")
            .handled_by(get(export)),
        Operation::new("feed", Method::Get, "/api/v1/feed")
            .says("What happens, as it happens.")
            .needs(Permission::AuditRead)
            .content("text/event-stream")
            .handled_by(get(feed)),
    ]
}

#[derive(Deserialize)]
struct Filter {
    wallet: Option<String>,
    #[serde(default)]
    denied_only: bool,
    cursor: Option<String>,
    limit: Option<u32>,
}

#[derive(Deserialize)]
struct Part {
    #[serde(default)]
    after: u64,
    limit: Option<u32>,
}

type Called = Extension<Caller>;

async fn list(
    State(api): State<Api>,
    Extension(caller): Called,
    Asked(filter): Asked<Filter>,
) -> Result<Json<Listed<EventView>>, Problem> {
    let wallet = filter
        .wallet
        .as_deref()
        .map(|text| parse("wallet", text))
        .transpose()?;
    let page = ListQuery {
        cursor: filter.cursor,
        limit: filter.limit,
    };
    let query = EventQuery {
        wallet,
        denied_only: filter.denied_only,
        page,
    };
    Ok(Json(api.app.person_events(&caller, &query).await?))
}

async fn export(
    State(api): State<Api>,
    Extension(caller): Called,
    Asked(part): Asked<Part>,
) -> Result<Response, Problem> {
    let entries = api
        .app
        .audit_page(&caller, part.after, part.limit.unwrap_or(1000))
        .await?;
    let next = entries.last().map_or(part.after, |entry| entry.seq);
    let mut lines = Vec::new();
    for entry in &entries {
        serde_json::to_writer(&mut lines, entry).map_err(|_| Fault::Internal {
            reference: "audit.export".to_owned(),
        })?;
        lines.push(b'\n');
    }
    let headers = [
        (
            header::CONTENT_TYPE.as_str(),
            "application/x-ndjson".to_owned(),
        ),
        ("x-next-after", next.to_string()),
    ];
    Ok((headers, lines).into_response())
}

async fn feed(State(api): State<Api>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let events = unfold(api.live.subscribe(), |mut live| async {
        loop {
            match live.recv().await {
                Ok(event) => {
                    let event = Event::default().json_data(&event).unwrap_or_default();
                    return Some((Ok(event), live));
                }
                // A slow reader missed some: what is on record can be listed.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}
