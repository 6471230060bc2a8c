-- Tenants' key-encryption keys, wrapped. Another version is another key; another generation is the
-- same key, wrapped anew.
CREATE TABLE tenant_keks (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) DEFERRABLE INITIALLY DEFERRED,
    version INTEGER NOT NULL CHECK (version BETWEEN 1 AND 4294967295),
    generation INTEGER NOT NULL CHECK (generation BETWEEN 1 AND 4294967295),
    management TEXT NOT NULL CHECK (json_type(management) = 'object'),
    root TEXT NOT NULL,
    wrapped BLOB NOT NULL CHECK (length(wrapped) > 0),
    seals BLOB NOT NULL CHECK (length(seals) = 32),
    imports BLOB NOT NULL CHECK (length(imports) = 32),
    mac BLOB NOT NULL CHECK (length(mac) = 32),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, version, generation)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER tenant_keks_no_update BEFORE UPDATE ON tenant_keks
BEGIN
    SELECT RAISE(ABORT, 'a key-encryption key is never overwritten');
END;

-- No REPLACE, no version of before, and no other key under the same version.
CREATE TRIGGER tenant_keks_in_order BEFORE INSERT ON tenant_keks
WHEN new.version <= (
    SELECT coalesce(max(version), 0) FROM tenant_keks WHERE tenant_id = new.tenant_id
)
AND NOT EXISTS (
    SELECT 1 FROM tenant_keks AS last
    WHERE last.tenant_id = new.tenant_id AND last.version = new.version
        AND last.generation = new.generation - 1
        AND last.seals = new.seals AND last.imports = new.imports
        AND last.generation = (
            SELECT max(generation) FROM tenant_keks
            WHERE tenant_id = new.tenant_id AND version = new.version
        )
)
BEGIN
    SELECT RAISE(ABORT, 'a key-encryption key goes behind the last one');
END;

CREATE TRIGGER tenants_keep_keys BEFORE UPDATE OF keys ON tenants
WHEN new.keys <> old.keys AND EXISTS (SELECT 1 FROM tenant_keks WHERE tenant_id = old.id)
BEGIN
    SELECT RAISE(ABORT, 'what wraps a tenant''s keys never changes once there is one');
END;
