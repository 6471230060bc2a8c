CREATE TABLE strategies (
    tenant_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    wallet_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('recurring_transfer', 'scheduled_send')),
    spec TEXT NOT NULL CHECK (json_typeof(spec::json) IS NOT NULL),
    decimals BIGINT NOT NULL CHECK (decimals BETWEEN 0 AND 255),
    state TEXT COLLATE "C" NOT NULL CHECK (
        state IN ('active', 'suspended', 'finished', 'detaching', 'detached')
    ),
    next_at BIGINT,
    facts TEXT NOT NULL CHECK (json_typeof(facts::json) IS NOT NULL),
    progress TEXT NOT NULL CHECK (json_typeof(progress::json) IS NOT NULL),
    revision BIGINT NOT NULL CHECK (revision >= 0),
    managed TEXT CHECK (json_typeof(managed::json) = 'object'),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, wallet_id) REFERENCES wallets (tenant_id, id)
        DEFERRABLE INITIALLY DEFERRED,
    CHECK ((state = 'active') = (next_at IS NOT NULL))
);

-- A name is free again once only a history is left under it.
CREATE UNIQUE INDEX strategies_by_name ON strategies (tenant_id, name) WHERE state <> 'detached';

CREATE INDEX strategies_by_wallet ON strategies (tenant_id, wallet_id, id);

CREATE INDEX strategies_by_next ON strategies (tenant_id, next_at) WHERE next_at IS NOT NULL;

ALTER TABLE strategies ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY of_tenant ON strategies
    USING (tenant_id = current_setting('app.tenant_id', true));
