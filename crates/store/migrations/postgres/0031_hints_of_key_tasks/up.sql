-- A task that begins, or that somebody let pass, has work in it; its progress is nobody else's
-- business.
CREATE FUNCTION hint_of_key_task() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    PERFORM pg_notify('vaultpilot', concat_ws(' ', 'task', new.tenant_id, new.id));
    RETURN NULL;
END
$$;

CREATE TRIGGER hint_of_key_task AFTER INSERT ON key_tasks
FOR EACH ROW EXECUTE FUNCTION hint_of_key_task();

CREATE TRIGGER hint_of_moved_key_task AFTER UPDATE ON key_tasks
FOR EACH ROW WHEN (old.state IS DISTINCT FROM new.state) EXECUTE FUNCTION hint_of_key_task();
