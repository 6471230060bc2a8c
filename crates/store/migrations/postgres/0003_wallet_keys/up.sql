CREATE TABLE wallet_keys (
    tenant_id TEXT COLLATE "C" NOT NULL,
    wallet_id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 0),
    provider TEXT NOT NULL,
    envelope BYTEA NOT NULL CHECK (length(envelope) > 0),
    PRIMARY KEY (tenant_id, wallet_id, version),
    FOREIGN KEY (tenant_id, wallet_id) REFERENCES wallets (tenant_id, id)
        DEFERRABLE INITIALLY DEFERRED
);
