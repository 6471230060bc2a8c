CREATE TABLE tenants (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (json_valid(state)),
    namespace TEXT UNIQUE,
    quota TEXT NOT NULL CHECK (json_valid(quota)),
    managed TEXT CHECK (json_valid(managed)),
    -- Grows with every change of what others remember of the tenant.
    revision INTEGER NOT NULL DEFAULT 0 CHECK (revision >= 0),
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
