//! Tables of a hosted backup, checked without a database.

use serde_json::json;
use vaultpilot_audit::{Action, Actor, Draft, Head, Outcome, chain};
use vaultpilot_backup::{BackupError, Manifest, Reference, Rows, TableMark, TenantMark};
use vaultpilot_core::TenantId;
use vaultpilot_testkit::fixture::{audit_id, second, tenant};

use crate::ground;

fn events(tenant: TenantId) -> (Vec<serde_json::Value>, Head) {
    let draft = || {
        let (action, outcome) = (Action::ToolCalled, Outcome::Allowed);
        Draft::new(audit_id(), second(1), action, Actor::System, outcome)
    };
    let (entries, head) = chain(tenant, Head::GENESIS, vec![draft(), draft(), draft()]);
    let row = |entry: &vaultpilot_audit::Entry| {
        json!({
            "tenant_id": tenant.to_string(), "seq": entry.seq,
            "draft": serde_json::to_string(&entry.draft).unwrap(),
            "prev_hash": format!("\\x{}", entry.prev_hash), "hash": format!("\\x{}", entry.hash),
        })
    };
    (entries.iter().map(row).collect(), head)
}

fn manifest(tenant: TenantId, head: Head) -> Manifest {
    let mut manifest = ground::manifest();
    manifest.tenants = vec![TenantMark {
        id: tenant.to_string(),
        name: "acme".to_owned(),
        audit_entries: head.seq,
        audit_head: head.hash.to_string(),
    }];
    let to_tenants = Reference {
        columns: vec!["tenant_id".to_owned()],
        table: "tenants".to_owned(),
        of: vec!["id".to_owned()],
    };
    let mark = |name: &str, references| TableMark {
        name: name.to_owned(),
        rows: 0,
        references,
    };
    manifest.tables = vec![
        mark("tenants", vec![]),
        mark("mcp_events", vec![to_tenants]),
    ];
    manifest
}

fn lines(rows: &[serde_json::Value]) -> String {
    let rows = rows.iter().map(|row| row.to_string() + "\n");
    rows.collect()
}

fn checked(manifest: &Manifest, tenants: &str, events: &str) -> Result<(), BackupError> {
    let mut rows = Rows::new(manifest);
    rows.table("mcp_events", events.as_bytes())?;
    rows.table("tenants", tenants.as_bytes())?;
    rows.finish(manifest)
}

#[test]
fn chains_and_foreign_keys_are_checked() {
    let id = tenant().build().id;
    let (events, head) = events(id);
    let manifest = manifest(id, head);
    let tenants = lines(&[json!({ "id": id.to_string() })]);
    checked(&manifest, &tenants, &lines(&events)).unwrap();

    // The parent is not there, whatever the order of the tables.
    let other = lines(&[json!({ "id": "ten_other" })]);
    let orphan = checked(&manifest, &other, &lines(&events));
    assert!(orphan.unwrap_err().to_string().contains("not there"));

    // An entry is left out, at the beginning, in the middle, at the end.
    for left_out in 0..events.len() {
        let mut cut = events.clone();
        cut.remove(left_out);
        assert!(
            checked(&manifest, &tenants, &lines(&cut)).is_err(),
            "{left_out}"
        );
    }
    let nothing = checked(&manifest, &tenants, "");
    assert!(nothing.unwrap_err().to_string().contains("does not end"));

    // An entry says something else.
    let mut altered = events.clone();
    let draft = altered[1]["draft"]
        .as_str()
        .unwrap()
        .replace("allowed", "denied");
    altered[1]["draft"] = draft.into();
    let found = checked(&manifest, &tenants, &lines(&altered)).unwrap_err();
    assert!(found.to_string().contains("entry 2 was altered"), "{found}");

    // A line is no row, or no entry.
    for wrong in ["nonsense\n", "[]\n", "{}\n"] {
        assert!(checked(&manifest, &tenants, wrong).is_err(), "{wrong}");
    }
}

#[test]
fn entries_of_a_tenant_nobody_named_are_found() {
    let (ours, theirs) = (tenant().build().id, tenant().build().id);
    let (events, head) = events(theirs);
    let mut manifest = manifest(ours, Head::GENESIS);
    let tenants = lines(&[
        json!({ "id": ours.to_string() }),
        json!({ "id": theirs.to_string() }),
    ]);
    let found = checked(&manifest, &tenants, &lines(&events)).unwrap_err();
    assert!(found.to_string().contains("does not name"), "{found}");
    // Null points to nothing.
    manifest.tenants[0].id = theirs.to_string();
    manifest.tenants[0].audit_entries = head.seq;
    manifest.tenants[0].audit_head = head.hash.to_string();
    checked(&manifest, &tenants, &lines(&events)).unwrap();
}

#[test]
fn a_row_without_an_end_is_damage_and_does_not_fill_the_memory() {
    let id = tenant().build().id;
    let (_, head) = events(id);
    let mut rows = Rows::new(&manifest(id, head));
    let error = rows.table("tenants", std::io::repeat(b' ')).unwrap_err();
    let said = error.to_string();
    assert!(said.ends_with("line is longer than any row"), "{said}");
    assert!(matches!(error, BackupError::Damaged { .. }));
}
