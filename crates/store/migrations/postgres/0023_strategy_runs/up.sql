CREATE TABLE strategy_runs (
    tenant_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    strategy_id TEXT COLLATE "C" NOT NULL,
    planned_at BIGINT NOT NULL,
    epoch BIGINT NOT NULL CHECK (epoch >= 1),
    opened_at BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('leased', 'paying', 'ended')),
    lease_until BIGINT,
    intent_id TEXT COLLATE "C",
    facts TEXT NOT NULL CHECK (json_typeof(facts::json) IS NOT NULL),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, strategy_id, planned_at),
    FOREIGN KEY (tenant_id, strategy_id) REFERENCES strategies (tenant_id, id)
        DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (tenant_id, intent_id) REFERENCES intents (tenant_id, id)
        DEFERRABLE INITIALLY DEFERRED,
    CHECK ((state = 'leased') = (lease_until IS NOT NULL))
);

CREATE INDEX strategy_runs_by_strategy ON strategy_runs (tenant_id, strategy_id, id);

CREATE INDEX strategy_runs_by_lease ON strategy_runs (tenant_id, lease_until)
    WHERE lease_until IS NOT NULL;

CREATE INDEX strategy_runs_open ON strategy_runs (tenant_id, id) WHERE state <> 'ended';

ALTER TABLE strategy_runs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY of_tenant ON strategy_runs
    USING (tenant_id = current_setting('app.tenant_id', true));
