//! Reads what requests carry, and says which part is wrong.

use std::str::FromStr;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use vaultpilot_core::{ChainId, Token, parse_address};
use vaultpilot_ports::Fault;

use crate::{Api, Problem};

/// A JSON body, with problems instead of plain text when it is none.
pub(crate) struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Api> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &Api) -> Result<Self, Problem> {
        let bytes = bytes(request, state).await?;
        let bytes: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        serde_json::from_slice(bytes).map(Self).map_err(|error| {
            let detail = format!("the body is not what this operation takes: {error}");
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "body_invalid", detail)
        })
    }
}

/// The raw body, within the limit.
pub(crate) async fn bytes(request: Request, state: &Api) -> Result<Bytes, Problem> {
    Bytes::from_request(request, state)
        .await
        .map_err(|rejection| {
            let status = rejection.status();
            let code = if status == StatusCode::PAYLOAD_TOO_LARGE {
                "body_too_large"
            } else {
                "body"
            };
            Problem::new(status, code, rejection.body_text())
        })
}

/// Query parameters, likewise.
pub(crate) struct Asked<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Api> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &Api) -> Result<Self, Problem> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query.map(|query| Self(query.0)).map_err(|rejection| {
            Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "query_invalid",
                rejection.body_text(),
            )
        })
    }
}

/// The one parameter of a path, parsed.
pub(crate) struct Named<T>(pub T);

impl<T> FromRequestParts<Api> for Named<T>
where
    T: FromStr<Err: std::fmt::Display>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &Api) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let text = path.map_err(|rejection| {
            Problem::new(StatusCode::NOT_FOUND, "path_invalid", rejection.body_text())
        })?;
        parse("path", &text.0).map(Self)
    }
}

pub(crate) fn parse<T>(field: &str, text: &str) -> Result<T, Problem>
where
    T: FromStr<Err: std::fmt::Display>,
{
    text.parse().map_err(|error: T::Err| {
        let code = format!("{field}_malformed");
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, &code, error.to_string()).field(field)
    })
}

pub(crate) fn chain(text: &str) -> Result<ChainId, Problem> {
    parse("chain", text)
}

pub(crate) fn token(text: &str) -> Result<Token, Problem> {
    text.parse::<Token>()
        .map_err(|error| Fault::invalid(error.code(), "asset", error.to_string()).into())
}

pub(crate) fn address(text: &str) -> Result<vaultpilot_core::Address, Problem> {
    parse_address(text)
        .map_err(|error| Fault::invalid(error.code(), "to", error.to_string()).into())
}
