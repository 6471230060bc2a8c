-- What opens a wallet key, or what an open task was sealed for, is there as long as they are; and
-- the newest key of a tenant always is.
CREATE FUNCTION keks_keep_used() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    -- A statement that names another tenant under way would hide what uses the key.
    IF old.tenant_id IS DISTINCT FROM current_setting('app.tenant_id', true)
    OR NOT EXISTS (
        SELECT FROM tenant_keks AS newer
        WHERE newer.tenant_id = old.tenant_id AND newer.version = old.version
            AND newer.generation > old.generation
    )
    AND (
        NOT EXISTS (
            SELECT FROM tenant_keks AS newer
            WHERE newer.tenant_id = old.tenant_id AND newer.version > old.version
        )
        OR EXISTS (
            SELECT FROM wallet_keys AS sealed
            WHERE sealed.tenant_id = old.tenant_id AND sealed.kek = old.version AND NOT EXISTS (
                SELECT FROM wallet_keys AS newer
                WHERE newer.tenant_id = sealed.tenant_id AND newer.wallet_id = sealed.wallet_id
                    AND newer.version = sealed.version AND newer.generation > sealed.generation
            )
        )
        OR EXISTS (
            SELECT FROM key_tasks AS task
            WHERE task.tenant_id = old.tenant_id
                AND task.state IN ('awaiting_approval', 'running')
                AND jsonb_path_exists(
                    task.work::jsonb,
                    '$.keys[*].kek ? (@ == $version)',
                    jsonb_build_object('version', old.version)
                )
        )
    ) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'restrict_violation',
            MESSAGE = 'a key-encryption key in use is never deleted';
    END IF;
    RETURN old;
END
$$;

CREATE TRIGGER tenant_keks_no_delete BEFORE DELETE ON tenant_keks
FOR EACH ROW EXECUTE FUNCTION keks_keep_used();
