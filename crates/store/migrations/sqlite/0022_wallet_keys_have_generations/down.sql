CREATE TABLE wallet_keys_anew (
    tenant_id TEXT NOT NULL,
    wallet_id TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 0),
    provider TEXT NOT NULL,
    envelope BLOB NOT NULL CHECK (length(envelope) > 0),
    PRIMARY KEY (tenant_id, wallet_id, version),
    FOREIGN KEY (tenant_id, wallet_id) REFERENCES wallets (tenant_id, id)
        DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;

INSERT INTO wallet_keys_anew (tenant_id, wallet_id, version, provider, envelope)
SELECT tenant_id, wallet_id, version, provider, envelope FROM wallet_keys AS newest
WHERE NOT EXISTS (
    SELECT 1 FROM wallet_keys AS newer
    WHERE newer.tenant_id = newest.tenant_id AND newer.wallet_id = newest.wallet_id
        AND newer.version = newest.version AND newer.generation > newest.generation
);

DROP TABLE wallet_keys;

ALTER TABLE wallet_keys_anew RENAME TO wallet_keys;

CREATE TRIGGER wallet_keys_no_update BEFORE UPDATE ON wallet_keys
BEGIN
    SELECT RAISE(ABORT, 'a wallet key is never overwritten');
END;

CREATE TRIGGER wallet_keys_no_delete BEFORE DELETE ON wallet_keys
BEGIN
    SELECT RAISE(ABORT, 'a wallet key is never deleted');
END;
