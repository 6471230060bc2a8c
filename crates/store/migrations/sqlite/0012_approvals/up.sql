CREATE TABLE approvals (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    intent_id TEXT NOT NULL,
    digest TEXT NOT NULL CHECK (length(digest) = 66),
    requester TEXT NOT NULL CHECK (json_valid(requester)),
    summary TEXT NOT NULL,
    code BLOB CHECK (length(code) = 32),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (
        state IN ('waiting', 'approved', 'rejected', 'expired', 'locked', 'withdrawn')
    ),
    failed_codes INTEGER NOT NULL CHECK (failed_codes >= 0),
    facts TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, intent_id) REFERENCES intents (tenant_id, id)
        DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;

CREATE INDEX approvals_by_state ON approvals (state, expires_at);
