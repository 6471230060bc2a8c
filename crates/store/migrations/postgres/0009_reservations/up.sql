-- One row per asset that leaves, and one for gas. `reserved` never changes; `counted` is what sums
-- count: the same while reserved, what was really spent once committed. A released row counts for
-- nothing and waits to be restored. `dated_at` is when it was reserved and, once committed, when that
-- was: windows count from it. Amounts are 256-bit big-endian integers, as in the other database, and
-- are summed by the same code: a NUMERIC would hold them, but would be a second way to be wrong.
CREATE TABLE reservations (
    tenant_id TEXT COLLATE "C" NOT NULL,
    intent_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('amount', 'gas')),
    asset TEXT COLLATE "C" NOT NULL,
    wallet_id TEXT COLLATE "C" NOT NULL,
    agent TEXT COLLATE "C" NOT NULL,
    dated_at BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('reserved', 'committed', 'released')),
    reserved BYTEA NOT NULL CHECK (length(reserved) = 32),
    counted BYTEA NOT NULL CHECK (length(counted) = 32),
    PRIMARY KEY (tenant_id, intent_id, kind, asset),
    FOREIGN KEY (tenant_id, intent_id) REFERENCES intents (tenant_id, id)
        DEFERRABLE INITIALLY DEFERRED,
    CHECK (
        state = 'committed'
        OR counted = CASE state
            WHEN 'released' THEN decode(repeat('00', 32), 'hex')
            ELSE reserved
        END
    )
);

-- Both sums are answered from their index alone.
CREATE INDEX reservations_by_wallet
    ON reservations (tenant_id, wallet_id, asset, kind, state, dated_at, agent) INCLUDE (counted);

CREATE INDEX reservations_by_tenant
    ON reservations (tenant_id, asset, kind, state, dated_at) INCLUDE (counted);

CREATE INDEX reservations_open
    ON reservations (tenant_id, wallet_id, asset, state) INCLUDE (reserved);
