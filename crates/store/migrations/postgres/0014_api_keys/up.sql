CREATE TABLE api_keys (
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id) DEFERRABLE INITIALLY DEFERRED,
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    role TEXT NOT NULL,
    scopes TEXT NOT NULL CHECK (json_typeof(scopes::json) = 'array'),
    prefix TEXT NOT NULL,
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, hash)
);
