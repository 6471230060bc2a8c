-- The audit chain. `draft` is the canonical JSON its hash was taken over.
CREATE TABLE mcp_events (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) DEFERRABLE INITIALLY DEFERRED,
    seq INTEGER NOT NULL CHECK (seq > 0),
    id TEXT NOT NULL,
    wallet_id TEXT,
    intent_id TEXT,
    outcome TEXT NOT NULL,
    draft TEXT NOT NULL,
    prev_hash BLOB NOT NULL CHECK (length(prev_hash) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (tenant_id, seq),
    UNIQUE (tenant_id, id)
) STRICT;

CREATE INDEX mcp_events_by_wallet ON mcp_events (tenant_id, wallet_id, seq);

CREATE INDEX mcp_events_by_intent ON mcp_events (tenant_id, intent_id, seq);

CREATE INDEX mcp_events_by_outcome ON mcp_events (tenant_id, outcome, seq);
