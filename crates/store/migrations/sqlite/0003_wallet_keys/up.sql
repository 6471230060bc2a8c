CREATE TABLE wallet_keys (
    tenant_id TEXT NOT NULL,
    wallet_id TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 0),
    provider TEXT NOT NULL,
    envelope BLOB NOT NULL CHECK (length(envelope) > 0),
    PRIMARY KEY (tenant_id, wallet_id, version),
    FOREIGN KEY (tenant_id, wallet_id) REFERENCES wallets (tenant_id, id)
        DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;
