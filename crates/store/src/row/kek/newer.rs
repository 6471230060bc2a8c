//! Which rows were followed by others, for the queries of both databases.

use crate::schema::tenant_keks;

diesel::alias!(tenant_keks as newer: Newer);

/// Whether the root wrapped the same key anew since.
macro_rules! outdated {
    () => {{
        use $crate::row::kek::newer::newer;
        use $crate::schema::tenant_keks::{generation, tenant_id, version};
        ::diesel::dsl::exists(
            newer
                .filter(newer.field(tenant_id).eq(tenant_id))
                .filter(newer.field(version).eq(version))
                .filter(newer.field(generation).gt(generation)),
        )
    }};
}

pub(crate) use outdated;
