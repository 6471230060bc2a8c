DROP TRIGGER revise_by_tenant ON tenants;

CREATE TRIGGER revise_by_tenant BEFORE UPDATE OF state, namespace, quota, managed ON tenants
FOR EACH ROW EXECUTE FUNCTION revise_itself();

ALTER TABLE tenants DROP COLUMN keys;
