-- A tick moves a strategy on and is nobody else's business; what it does and whether it does it is.
CREATE FUNCTION hint_of_strategy() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    PERFORM pg_notify('vaultpilot', concat_ws(' ', 'changed', new.tenant_id));
    RETURN NULL;
END
$$;

CREATE TRIGGER hint_of_strategy AFTER INSERT ON strategies
FOR EACH ROW EXECUTE FUNCTION hint_of_strategy();

CREATE TRIGGER hint_of_changed_strategy AFTER UPDATE ON strategies
FOR EACH ROW
WHEN ((old.spec, old.state) IS DISTINCT FROM (new.spec, new.state))
EXECUTE FUNCTION hint_of_strategy();
