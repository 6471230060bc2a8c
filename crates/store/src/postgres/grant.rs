//! What the application's role may do, table by table: all it needs, and nothing else.

/// Rights on a table, as a statement names them.
pub(super) const TABLES: [(&str, &str); 18] = [
    ("__diesel_schema_migrations", "SELECT"),
    ("tenants", "SELECT, INSERT, UPDATE"),
    ("wallets", "SELECT, INSERT, UPDATE"),
    ("wallet_keys", "SELECT, INSERT, DELETE"),
    ("tenant_keks", "SELECT, INSERT, DELETE"),
    ("key_tasks", "SELECT, INSERT, UPDATE"),
    ("policies", "SELECT, INSERT, UPDATE, DELETE"),
    ("intents", "SELECT, INSERT, UPDATE"),
    ("payments", "SELECT, INSERT, DELETE"),
    ("reservations", "SELECT, INSERT, UPDATE"),
    ("leases", "SELECT, INSERT, UPDATE"),
    ("nonces", "SELECT, INSERT"),
    ("approvals", "SELECT, INSERT, UPDATE"),
    ("api_keys", "SELECT, INSERT, UPDATE"),
    ("mcp_events", "SELECT, INSERT"),
    ("dry_runs", "SELECT, INSERT, UPDATE"),
    ("strategies", "SELECT, INSERT, UPDATE"),
    ("strategy_runs", "SELECT, INSERT, UPDATE, DELETE"),
];

/// The questions across tenants.
pub(super) const FUNCTIONS: [&str; 6] = [
    "tenants_by_name(text)",
    "tenants_by_namespace(text)",
    "tenants_all()",
    "intents_in_states(text[])",
    "approvals_overdue(bigint)",
    "key_tasks_open(bigint)",
];

/// Statements that give `role` these rights and take every other from it and from everybody.
pub(super) fn statements(role: &str) -> String {
    let mut all = vec![
        // Nobody but the owner makes objects beside ours, which a search path could find first.
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC".to_owned(),
        format!("GRANT USAGE ON SCHEMA public TO \"{role}\""),
        format!("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, \"{role}\""),
        format!("REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC, \"{role}\""),
    ];
    all.extend(
        TABLES
            .iter()
            .map(|(table, rights)| format!("GRANT {rights} ON {table} TO \"{role}\"")),
    );
    all.extend(
        FUNCTIONS
            .iter()
            .map(|function| format!("GRANT EXECUTE ON FUNCTION {function} TO \"{role}\"")),
    );
    all.join(";\n")
}
