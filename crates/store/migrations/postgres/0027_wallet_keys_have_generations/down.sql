DROP TRIGGER wallet_keys_in_order ON wallet_keys;

DROP FUNCTION wallet_keys_in_order();

DROP TRIGGER wallet_keys_no_delete ON wallet_keys;

DROP FUNCTION wallet_keys_keep_newest();

DROP INDEX wallet_keys_by_kek;

-- The border between tenants would hide the rows from the tables' owner.
ALTER TABLE wallet_keys NO FORCE ROW LEVEL SECURITY;

DELETE FROM wallet_keys AS old USING wallet_keys AS newer
WHERE newer.tenant_id = old.tenant_id AND newer.wallet_id = old.wallet_id
    AND newer.version = old.version AND newer.generation > old.generation;

ALTER TABLE wallet_keys FORCE ROW LEVEL SECURITY;

ALTER TABLE wallet_keys
    DROP CONSTRAINT wallet_keys_pkey,
    DROP COLUMN kek,
    DROP COLUMN generation,
    ADD PRIMARY KEY (tenant_id, wallet_id, version);

CREATE TRIGGER wallet_keys_no_delete BEFORE DELETE ON wallet_keys
FOR EACH ROW EXECUTE FUNCTION never('a wallet key is never deleted');
