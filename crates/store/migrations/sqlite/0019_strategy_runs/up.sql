CREATE TABLE strategy_runs (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    strategy_id TEXT NOT NULL,
    planned_at INTEGER NOT NULL,
    epoch INTEGER NOT NULL CHECK (epoch >= 1),
    opened_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('leased', 'paying', 'ended')),
    lease_until INTEGER,
    intent_id TEXT,
    facts TEXT NOT NULL CHECK (json_valid(facts)),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, strategy_id, planned_at),
    FOREIGN KEY (tenant_id, strategy_id) REFERENCES strategies (tenant_id, id)
        DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (tenant_id, intent_id) REFERENCES intents (tenant_id, id)
        DEFERRABLE INITIALLY DEFERRED,
    CHECK ((state = 'leased') = (lease_until IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX strategy_runs_by_strategy ON strategy_runs (tenant_id, strategy_id, id);

CREATE INDEX strategy_runs_by_lease ON strategy_runs (tenant_id, lease_until)
    WHERE lease_until IS NOT NULL;

CREATE INDEX strategy_runs_open ON strategy_runs (tenant_id, id) WHERE state <> 'ended';
