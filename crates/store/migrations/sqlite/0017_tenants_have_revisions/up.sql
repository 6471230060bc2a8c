-- What others remember of a tenant carries a number that grows with it, whoever changes it.
CREATE TRIGGER revise_by_tenant AFTER UPDATE OF state, namespace, quota, managed ON tenants
BEGIN
    UPDATE tenants SET revision = revision + 1 WHERE id = new.id;
END;

CREATE TRIGGER revise_by_wallet AFTER UPDATE ON wallets
BEGIN
    UPDATE tenants SET revision = revision + 1 WHERE id = new.tenant_id;
END;

CREATE TRIGGER revise_by_new_policy AFTER INSERT ON policies
BEGIN
    UPDATE tenants SET revision = revision + 1 WHERE id = new.tenant_id;
END;

CREATE TRIGGER revise_by_policy AFTER UPDATE ON policies
BEGIN
    UPDATE tenants SET revision = revision + 1 WHERE id = new.tenant_id;
END;

CREATE TRIGGER revise_by_lost_policy AFTER DELETE ON policies
BEGIN
    UPDATE tenants SET revision = revision + 1 WHERE id = old.tenant_id;
END;

CREATE TRIGGER revise_by_key AFTER UPDATE ON api_keys
BEGIN
    UPDATE tenants SET revision = revision + 1 WHERE id = new.tenant_id;
END;
