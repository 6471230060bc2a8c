use axum::http::{HeaderMap, HeaderValue, header};
use secrecy::ExposeSecret as _;

use super::credential;

fn headers(values: &[&'static str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append(header::AUTHORIZATION, HeaderValue::from_static(value));
    }
    headers
}

#[test]
fn one_bearer_header_is_a_credential() {
    for good in ["Bearer vp_x", "bearer vp_x", "BEARER  vp_x"] {
        let found = credential(&headers(&[good])).unwrap();
        assert_eq!(found.expose_secret(), "vp_x", "{good}");
    }
}

#[test]
fn anything_else_is_none() {
    let bad: [&[&str]; 7] = [
        &[],
        &["Bearer"],
        &["Bearer "],
        &["Basic dnA6"],
        &["vp_x"],
        &["Bearervp_x"],
        &["Bearer vp_x", "Bearer vp_y"],
    ];
    for values in bad {
        let values: Vec<&'static str> = values.iter().map(|v| &*v.to_string().leak()).collect();
        assert!(credential(&headers(&values)).is_none(), "{values:?}");
    }
}
