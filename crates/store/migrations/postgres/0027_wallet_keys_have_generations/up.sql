-- The same key wrapped anew is another generation of it; `kek` is the version of the tenant's
-- key-encryption key it is under.
ALTER TABLE wallet_keys
    ADD COLUMN generation BIGINT NOT NULL DEFAULT 1 CHECK (generation BETWEEN 1 AND 4294967295),
    ADD COLUMN kek BIGINT CHECK (kek BETWEEN 1 AND 4294967295),
    DROP CONSTRAINT wallet_keys_pkey,
    ADD PRIMARY KEY (tenant_id, wallet_id, version, generation);

CREATE INDEX wallet_keys_by_kek ON wallet_keys (tenant_id, kek);

DROP TRIGGER wallet_keys_no_delete ON wallet_keys;

CREATE FUNCTION wallet_keys_keep_newest() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM wallet_keys AS newer
        WHERE newer.tenant_id = old.tenant_id AND newer.wallet_id = old.wallet_id
            AND newer.version = old.version AND newer.generation > old.generation
    ) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'restrict_violation',
            MESSAGE = 'the newest generation of a wallet key is never deleted';
    END IF;
    RETURN old;
END
$$;

CREATE TRIGGER wallet_keys_no_delete BEFORE DELETE ON wallet_keys
FOR EACH ROW EXECUTE FUNCTION wallet_keys_keep_newest();

-- No gap, nothing in front, and the key-encryption key is there.
CREATE FUNCTION wallet_keys_in_order() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    IF EXISTS (
        SELECT FROM wallet_keys AS other
        WHERE other.tenant_id = new.tenant_id AND other.wallet_id = new.wallet_id
            AND (
                other.version > new.version
                OR other.version = new.version AND other.generation >= new.generation
            )
    )
    OR EXISTS (
        SELECT FROM wallet_keys AS other
        WHERE other.tenant_id = new.tenant_id AND other.wallet_id = new.wallet_id
            AND other.version = new.version
    ) AND NOT EXISTS (
        SELECT FROM wallet_keys AS last
        WHERE last.tenant_id = new.tenant_id AND last.wallet_id = new.wallet_id
            AND last.version = new.version AND last.generation = new.generation - 1
    ) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'restrict_violation',
            MESSAGE = 'a wallet key goes behind the last one';
    END IF;
    IF new.kek IS NOT NULL AND NOT EXISTS (
        SELECT FROM tenant_keks WHERE tenant_id = new.tenant_id AND version = new.kek
    ) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'restrict_violation',
            MESSAGE = 'a wallet key names a key-encryption key that is there';
    END IF;
    RETURN new;
END
$$;

CREATE TRIGGER wallet_keys_in_order BEFORE INSERT ON wallet_keys
FOR EACH ROW EXECUTE FUNCTION wallet_keys_in_order();
