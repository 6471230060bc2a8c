-- The same key wrapped anew is another generation of it; `kek` is the version of the tenant's
-- key-encryption key it is under. SQLite changes no primary key, so the table is made anew, and its
-- triggers with it.
CREATE TABLE wallet_keys_anew (
    tenant_id TEXT NOT NULL,
    wallet_id TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 0),
    generation INTEGER NOT NULL DEFAULT 1 CHECK (generation BETWEEN 1 AND 4294967295),
    provider TEXT NOT NULL,
    kek INTEGER CHECK (kek BETWEEN 1 AND 4294967295),
    envelope BLOB NOT NULL CHECK (length(envelope) > 0),
    PRIMARY KEY (tenant_id, wallet_id, version, generation),
    FOREIGN KEY (tenant_id, wallet_id) REFERENCES wallets (tenant_id, id)
        DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;

INSERT INTO wallet_keys_anew (tenant_id, wallet_id, version, generation, provider, envelope)
SELECT tenant_id, wallet_id, version, 1, provider, envelope FROM wallet_keys;

DROP TABLE wallet_keys;

ALTER TABLE wallet_keys_anew RENAME TO wallet_keys;

CREATE INDEX wallet_keys_by_kek ON wallet_keys (tenant_id, kek);

CREATE TRIGGER wallet_keys_no_update BEFORE UPDATE ON wallet_keys
BEGIN
    SELECT RAISE(ABORT, 'a wallet key is never overwritten');
END;

-- What replaces a row has made sure of its successor.
CREATE TRIGGER wallet_keys_no_delete BEFORE DELETE ON wallet_keys
WHEN NOT EXISTS (
    SELECT 1 FROM wallet_keys AS newer
    WHERE newer.tenant_id = old.tenant_id AND newer.wallet_id = old.wallet_id
        AND newer.version = old.version AND newer.generation > old.generation
)
BEGIN
    SELECT RAISE(ABORT, 'the newest generation of a wallet key is never deleted');
END;

-- No REPLACE, no gap, nothing in front.
CREATE TRIGGER wallet_keys_in_order BEFORE INSERT ON wallet_keys
WHEN EXISTS (
    SELECT 1 FROM wallet_keys AS other
    WHERE other.tenant_id = new.tenant_id AND other.wallet_id = new.wallet_id
        AND (
            other.version > new.version
            OR other.version = new.version AND other.generation >= new.generation
        )
)
OR EXISTS (
    SELECT 1 FROM wallet_keys AS other
    WHERE other.tenant_id = new.tenant_id AND other.wallet_id = new.wallet_id
        AND other.version = new.version
) AND NOT EXISTS (
    SELECT 1 FROM wallet_keys AS last
    WHERE last.tenant_id = new.tenant_id AND last.wallet_id = new.wallet_id
        AND last.version = new.version AND last.generation = new.generation - 1
)
BEGIN
    SELECT RAISE(ABORT, 'a wallet key goes behind the last one');
END;

CREATE TRIGGER wallet_keys_under_a_kek BEFORE INSERT ON wallet_keys
WHEN new.kek IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM tenant_keks WHERE tenant_id = new.tenant_id AND version = new.kek
)
BEGIN
    SELECT RAISE(ABORT, 'a wallet key names a key-encryption key that is there');
END;
