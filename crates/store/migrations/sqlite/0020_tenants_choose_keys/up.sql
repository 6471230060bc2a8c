-- What wraps a tenant's keys; those of before chose the house's own root.
ALTER TABLE tenants ADD COLUMN keys TEXT NOT NULL DEFAULT '{"provider":"local"}'
    CHECK (json_type(keys) = 'object');

DROP TRIGGER revise_by_tenant;

CREATE TRIGGER revise_by_tenant AFTER UPDATE OF state, namespace, quota, keys, managed ON tenants
BEGIN
    UPDATE tenants SET revision = revision + 1 WHERE id = new.id;
END;
