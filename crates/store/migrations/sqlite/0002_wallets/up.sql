CREATE TABLE wallets (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) DEFERRABLE INITIALLY DEFERRED,
    id TEXT NOT NULL,
    label TEXT NOT NULL,
    address TEXT NOT NULL CHECK (length(address) = 42),
    chains TEXT NOT NULL CHECK (json_type(chains) = 'array'),
    state TEXT NOT NULL CHECK (json_valid(state)),
    managed TEXT CHECK (json_valid(managed)),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, label)
) STRICT, WITHOUT ROWID;
