CREATE TABLE policies (
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id) DEFERRABLE INITIALLY DEFERRED,
    name TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    document TEXT NOT NULL CHECK (json_typeof(document::json) = 'object'),
    decimals TEXT NOT NULL CHECK (json_typeof(decimals::json) = 'array'),
    managed TEXT CHECK (json_typeof(managed::json) = 'object'),
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, name),
    UNIQUE (tenant_id, id)
);
