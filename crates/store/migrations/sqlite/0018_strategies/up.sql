CREATE TABLE strategies (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    wallet_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('recurring_transfer', 'scheduled_send')),
    spec TEXT NOT NULL CHECK (json_valid(spec)),
    decimals INTEGER NOT NULL CHECK (decimals BETWEEN 0 AND 255),
    state TEXT NOT NULL CHECK (
        state IN ('active', 'suspended', 'finished', 'detaching', 'detached')
    ),
    next_at INTEGER,
    facts TEXT NOT NULL CHECK (json_valid(facts)),
    progress TEXT NOT NULL CHECK (json_valid(progress)),
    revision INTEGER NOT NULL CHECK (revision >= 0),
    managed TEXT CHECK (json_valid(managed)),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, wallet_id) REFERENCES wallets (tenant_id, id)
        DEFERRABLE INITIALLY DEFERRED,
    CHECK ((state = 'active') = (next_at IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- A name is free again once only a history is left under it.
CREATE UNIQUE INDEX strategies_by_name ON strategies (tenant_id, name) WHERE state <> 'detached';

CREATE INDEX strategies_by_wallet ON strategies (tenant_id, wallet_id, id);

CREATE INDEX strategies_by_next ON strategies (tenant_id, next_at) WHERE next_at IS NOT NULL;
