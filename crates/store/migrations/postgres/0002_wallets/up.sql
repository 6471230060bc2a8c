CREATE TABLE wallets (
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id) DEFERRABLE INITIALLY DEFERRED,
    id TEXT COLLATE "C" NOT NULL,
    label TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL CHECK (length(address) = 42),
    chains TEXT NOT NULL CHECK (json_typeof(chains::json) = 'array'),
    state TEXT NOT NULL CHECK (json_typeof(state::json) = 'object'),
    managed TEXT CHECK (json_typeof(managed::json) = 'object'),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, label)
);
