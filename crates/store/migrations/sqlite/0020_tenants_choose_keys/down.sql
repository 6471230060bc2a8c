DROP TRIGGER revise_by_tenant;

CREATE TRIGGER revise_by_tenant AFTER UPDATE OF state, namespace, quota, managed ON tenants
BEGIN
    UPDATE tenants SET revision = revision + 1 WHERE id = new.id;
END;

ALTER TABLE tenants DROP COLUMN keys;
