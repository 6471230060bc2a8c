//! Every object that is built for a few tenants, as the cluster gets it.

use std::fmt::Write as _;

use crate::fixture::{TENANTS, pieces};

#[test]
fn every_object_is_as_it_was_agreed() {
    for (tenant, _) in TENANTS {
        let mut text = String::new();
        for piece in pieces(tenant) {
            let body = serde_saphyr::to_string(&piece.body).unwrap();
            write!(text, "---\n{body}").unwrap();
        }
        insta::assert_snapshot!(tenant, text);
    }
}

#[test]
fn building_twice_gives_the_same() {
    for (tenant, _) in TENANTS {
        assert_eq!(pieces(tenant), pieces(tenant));
    }
}
