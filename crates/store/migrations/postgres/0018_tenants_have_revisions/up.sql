-- What others remember of a tenant carries a number that grows with it, whoever changes it.
CREATE FUNCTION revise_itself() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    new.revision := old.revision + 1;
    RETURN new;
END
$$;

CREATE TRIGGER revise_by_tenant BEFORE UPDATE OF state, namespace, quota, managed ON tenants
FOR EACH ROW EXECUTE FUNCTION revise_itself();

CREATE FUNCTION revise() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    UPDATE tenants SET revision = revision + 1
    WHERE id = CASE TG_OP WHEN 'DELETE' THEN old.tenant_id ELSE new.tenant_id END;
    RETURN NULL;
END
$$;

CREATE TRIGGER revise_by_wallet AFTER UPDATE ON wallets
FOR EACH ROW EXECUTE FUNCTION revise();

CREATE TRIGGER revise_by_policy AFTER INSERT OR UPDATE OR DELETE ON policies
FOR EACH ROW EXECUTE FUNCTION revise();

CREATE TRIGGER revise_by_key AFTER UPDATE ON api_keys
FOR EACH ROW EXECUTE FUNCTION revise();
