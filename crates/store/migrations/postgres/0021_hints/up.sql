-- Other processes hear what moved when it is committed. Hints name rows and say nothing of what is
-- in them.
CREATE FUNCTION hint_of_intent() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    PERFORM pg_notify('vaultpilot', concat_ws(' ', 'moved', new.tenant_id, new.id, new.state));
    RETURN NULL;
END
$$;

CREATE TRIGGER hint_of_intent AFTER INSERT ON intents
FOR EACH ROW EXECUTE FUNCTION hint_of_intent();

CREATE TRIGGER hint_of_move AFTER UPDATE ON intents
FOR EACH ROW WHEN (old.state IS DISTINCT FROM new.state) EXECUTE FUNCTION hint_of_intent();

CREATE FUNCTION hint_of_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    PERFORM pg_notify('vaultpilot', concat_ws(' ', 'changed', new.id));
    RETURN NULL;
END
$$;

CREATE TRIGGER hint_of_change AFTER UPDATE ON tenants
FOR EACH ROW WHEN (old.revision IS DISTINCT FROM new.revision) EXECUTE FUNCTION hint_of_change();
