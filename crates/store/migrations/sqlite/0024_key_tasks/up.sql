-- Who asked for what is written once, but that an import which ended forgets its sealed keys.
CREATE TABLE key_tasks (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) DEFERRABLE INITIALLY DEFERRED,
    id TEXT NOT NULL,
    revision INTEGER NOT NULL CHECK (revision >= 0),
    requester TEXT NOT NULL CHECK (json_valid(requester)),
    work TEXT NOT NULL CHECK (json_type(work) = 'object'),
    state TEXT NOT NULL CHECK (
        state IN ('awaiting_approval', 'rejected', 'expired', 'running', 'failed', 'succeeded')
    ),
    -- From when on the signing side has something to do about it; 0 is at once.
    due_at INTEGER,
    facts TEXT NOT NULL CHECK (json_type(facts) = 'object'),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CHECK (state NOT IN ('awaiting_approval', 'running') OR due_at IS NOT NULL),
    CHECK (state NOT IN ('rejected', 'expired', 'failed') OR due_at IS NULL)
) STRICT, WITHOUT ROWID;

CREATE INDEX key_tasks_due ON key_tasks (due_at, id) WHERE due_at IS NOT NULL;
