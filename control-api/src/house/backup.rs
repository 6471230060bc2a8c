//! What a backup says of itself, of what the store says of a copy.

use vaultpilot_backup::{
    Database, Edition, FORMAT, Manifest, Member, Reference, TableMark, TenantMark,
};
use vaultpilot_core::Timestamp;
use vaultpilot_store::Snapshot;

/// The manifest of a backup with these members.
pub fn manifest(
    snapshot: Snapshot,
    members: Vec<Member>,
    edition: Edition,
    created_at: Timestamp,
) -> Manifest {
    let tenants = snapshot.tenants.into_iter().map(|tenant| TenantMark {
        id: tenant.id,
        name: tenant.name,
        audit_entries: tenant.audit.seq,
        audit_head: tenant.audit.hash.to_string(),
    });
    let tables = snapshot.tables.into_iter().map(|table| TableMark {
        name: table.name,
        rows: table.rows,
        references: table
            .references
            .into_iter()
            .map(|it| Reference {
                columns: it.columns,
                table: it.table,
                of: it.of,
            })
            .collect(),
    });
    // One file of one person, with everything it takes; or a database whose secrets lie elsewhere.
    let (kind, has_secrets) = match edition {
        Edition::Edge => ("sqlite", true),
        Edition::Hosted => ("postgres", false),
    };
    Manifest {
        format: FORMAT,
        product: env!("CARGO_PKG_VERSION").to_owned(),
        edition,
        created_at,
        database: Database {
            kind: kind.to_owned(),
            schema: snapshot.schema,
        },
        tenants: tenants.collect(),
        tables: tables.collect(),
        members,
        roots: snapshot.roots,
        has_secrets,
    }
}
