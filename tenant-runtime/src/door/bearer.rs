//! The credential of a request: one `Authorization: Bearer` header, and no other place.

use axum::http::{HeaderMap, header};
use secrecy::SecretString;

/// Longer than any key of ours; nothing longer is looked at.
const MAX_CREDENTIAL: usize = 4096;

pub(crate) fn credential(headers: &HeaderMap) -> Option<SecretString> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(only), None) = (given.next(), given.next()) else {
        return None;
    };
    let (scheme, token) = only.to_str().ok()?.split_once(' ')?;
    let token = token.trim_start_matches(' ');
    let fits =
        scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && token.len() <= MAX_CREDENTIAL;
    fits.then(|| SecretString::from(token))
}

#[cfg(test)]
mod tests;
