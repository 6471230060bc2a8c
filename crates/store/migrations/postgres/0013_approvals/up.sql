CREATE TABLE approvals (
    tenant_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    intent_id TEXT COLLATE "C" NOT NULL,
    digest TEXT NOT NULL CHECK (length(digest) = 66),
    requester TEXT NOT NULL CHECK (json_typeof(requester::json) IS NOT NULL),
    summary TEXT NOT NULL,
    code BYTEA CHECK (length(code) = 32),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (
        state IN ('waiting', 'approved', 'rejected', 'expired', 'locked', 'withdrawn')
    ),
    failed_codes BIGINT NOT NULL CHECK (failed_codes >= 0),
    facts TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, intent_id) REFERENCES intents (tenant_id, id)
        DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX approvals_by_state ON approvals (state, expires_at);
