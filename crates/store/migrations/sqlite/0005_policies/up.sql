CREATE TABLE policies (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) DEFERRABLE INITIALLY DEFERRED,
    name TEXT NOT NULL,
    id TEXT NOT NULL,
    document TEXT NOT NULL CHECK (json_valid(document)),
    decimals TEXT NOT NULL CHECK (json_type(decimals) = 'array'),
    managed TEXT CHECK (json_valid(managed)),
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, name),
    UNIQUE (tenant_id, id)
) STRICT;
