-- The audit chain. `draft` is the canonical JSON its hash was taken over.
CREATE TABLE mcp_events (
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id) DEFERRABLE INITIALLY DEFERRED,
    seq BIGINT NOT NULL CHECK (seq > 0),
    id TEXT COLLATE "C" NOT NULL,
    wallet_id TEXT COLLATE "C",
    intent_id TEXT COLLATE "C",
    outcome TEXT COLLATE "C" NOT NULL,
    draft TEXT NOT NULL,
    prev_hash BYTEA NOT NULL CHECK (length(prev_hash) = 32),
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (tenant_id, seq),
    UNIQUE (tenant_id, id)
);

CREATE INDEX mcp_events_by_wallet ON mcp_events (tenant_id, wallet_id, seq);

CREATE INDEX mcp_events_by_intent ON mcp_events (tenant_id, intent_id, seq);

CREATE INDEX mcp_events_by_outcome ON mcp_events (tenant_id, outcome, seq);
