-- What wraps a tenant's keys; those of before chose the house's own root.
ALTER TABLE tenants ADD COLUMN keys TEXT NOT NULL DEFAULT '{"provider":"local"}'
    CHECK (json_typeof(keys::json) = 'object');

DROP TRIGGER revise_by_tenant ON tenants;

CREATE TRIGGER revise_by_tenant BEFORE UPDATE OF state, namespace, quota, keys, managed ON tenants
FOR EACH ROW EXECUTE FUNCTION revise_itself();
