CREATE TABLE tenants (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (json_valid(state)),
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
