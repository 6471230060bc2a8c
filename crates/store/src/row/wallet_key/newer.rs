//! Which rows were followed by others, for the queries of both databases.

use crate::schema::wallet_keys;

diesel::alias!(wallet_keys as newer: Newer);

/// The rows of `newer` that are of the same tenant and wallet as the row beside them.
macro_rules! of_same_wallet {
    () => {{
        use $crate::row::wallet_key::newer::newer;
        use $crate::schema::wallet_keys::{tenant_id, wallet_id};
        newer
            .filter(newer.field(tenant_id).eq(tenant_id))
            .filter(newer.field(wallet_id).eq(wallet_id))
    }};
}

/// Whether the same key was wrapped anew since.
macro_rules! outdated {
    () => {{
        use $crate::row::wallet_key::newer::{newer, of_same_wallet};
        use $crate::schema::wallet_keys::{generation, version};
        ::diesel::dsl::exists(
            of_same_wallet!()
                .filter(newer.field(version).eq(version))
                .filter(newer.field(generation).gt(generation)),
        )
    }};
}

/// Whether the wallet has another key by now.
macro_rules! superseded {
    () => {{
        use $crate::row::wallet_key::newer::{newer, of_same_wallet};
        use $crate::schema::wallet_keys::version;
        ::diesel::dsl::exists(of_same_wallet!().filter(newer.field(version).gt(version)))
    }};
}

pub(crate) use {of_same_wallet, outdated, superseded};
