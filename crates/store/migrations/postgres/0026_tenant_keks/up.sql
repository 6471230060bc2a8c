-- Tenants' key-encryption keys, wrapped. Another version is another key; another generation is the
-- same key, wrapped anew.
CREATE TABLE tenant_keks (
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id) DEFERRABLE INITIALLY DEFERRED,
    version BIGINT NOT NULL CHECK (version BETWEEN 1 AND 4294967295),
    generation BIGINT NOT NULL CHECK (generation BETWEEN 1 AND 4294967295),
    management TEXT NOT NULL CHECK (json_typeof(management::json) = 'object'),
    root TEXT NOT NULL,
    wrapped BYTEA NOT NULL CHECK (length(wrapped) > 0),
    seals BYTEA NOT NULL CHECK (length(seals) = 32),
    imports BYTEA NOT NULL CHECK (length(imports) = 32),
    mac BYTEA NOT NULL CHECK (length(mac) = 32),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, version, generation)
);

ALTER TABLE tenant_keks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY of_tenant ON tenant_keks
    USING (tenant_id = current_setting('app.tenant_id', true));

CREATE TRIGGER tenant_keks_no_update BEFORE UPDATE ON tenant_keks
FOR EACH ROW EXECUTE FUNCTION never('a key-encryption key is never overwritten');

CREATE TRIGGER tenant_keks_no_truncate BEFORE TRUNCATE ON tenant_keks
FOR EACH STATEMENT EXECUTE FUNCTION never('a key-encryption key in use is never deleted');

-- No version of before, no gap, and no other key under the same version.
CREATE FUNCTION keks_in_order() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    IF new.version <= (
        SELECT coalesce(max(version), 0) FROM tenant_keks WHERE tenant_id = new.tenant_id
    )
    AND NOT EXISTS (
        SELECT FROM tenant_keks AS last
        WHERE last.tenant_id = new.tenant_id AND last.version = new.version
            AND last.generation = new.generation - 1
            AND last.seals = new.seals AND last.imports = new.imports
            AND last.generation = (
                SELECT max(generation) FROM tenant_keks
                WHERE tenant_id = new.tenant_id AND version = new.version
            )
    ) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'restrict_violation',
            MESSAGE = 'a key-encryption key goes behind the last one';
    END IF;
    RETURN new;
END
$$;

CREATE TRIGGER tenant_keks_in_order BEFORE INSERT ON tenant_keks
FOR EACH ROW EXECUTE FUNCTION keks_in_order();

CREATE FUNCTION keep_keys() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM tenant_keks WHERE tenant_id = old.id) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'restrict_violation',
            MESSAGE = 'what wraps a tenant''s keys never changes once there is one';
    END IF;
    RETURN new;
END
$$;

CREATE TRIGGER tenants_keep_keys BEFORE UPDATE ON tenants
FOR EACH ROW WHEN (old.keys IS DISTINCT FROM new.keys) EXECUTE FUNCTION keep_keys();
