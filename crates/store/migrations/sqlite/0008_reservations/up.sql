-- One row per asset that leaves, and one for gas. `reserved` never changes; `counted` is what sums
-- count: the same while reserved, what was really spent once committed. A released row counts for
-- nothing and waits to be restored. `dated_at` is when it was reserved and, once committed, when that
-- was: windows count from it. Amounts are 256-bit big-endian integers, which SQLite cannot
-- add and we can.
CREATE TABLE reservations (
    tenant_id TEXT NOT NULL,
    intent_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('amount', 'gas')),
    asset TEXT NOT NULL,
    wallet_id TEXT NOT NULL,
    agent TEXT NOT NULL,
    dated_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('reserved', 'committed', 'released')),
    reserved BLOB NOT NULL CHECK (length(reserved) = 32),
    counted BLOB NOT NULL CHECK (length(counted) = 32),
    PRIMARY KEY (tenant_id, intent_id, kind, asset),
    FOREIGN KEY (tenant_id, intent_id) REFERENCES intents (tenant_id, id)
        DEFERRABLE INITIALLY DEFERRED,
    CHECK (state = 'committed' OR counted = iif(state = 'released', zeroblob(32), reserved))
) STRICT, WITHOUT ROWID;

-- Both sums are answered from their index alone.
CREATE INDEX reservations_by_wallet
    ON reservations (tenant_id, wallet_id, asset, kind, state, dated_at, agent, counted);

CREATE INDEX reservations_by_tenant
    ON reservations (tenant_id, asset, kind, state, dated_at, counted);

CREATE INDEX reservations_open ON reservations (tenant_id, wallet_id, asset, state, reserved);
