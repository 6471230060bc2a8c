-- What opens a wallet key, or what an open task was sealed for, is there as long as they are; and
-- the newest key of a tenant always is.
CREATE TRIGGER tenant_keks_no_delete BEFORE DELETE ON tenant_keks
WHEN NOT EXISTS (
    SELECT 1 FROM tenant_keks AS newer
    WHERE newer.tenant_id = old.tenant_id AND newer.version = old.version
        AND newer.generation > old.generation
)
AND (
    NOT EXISTS (
        SELECT 1 FROM tenant_keks AS newer
        WHERE newer.tenant_id = old.tenant_id AND newer.version > old.version
    )
    OR EXISTS (
        SELECT 1 FROM wallet_keys AS sealed
        WHERE sealed.tenant_id = old.tenant_id AND sealed.kek = old.version AND NOT EXISTS (
            SELECT 1 FROM wallet_keys AS newer
            WHERE newer.tenant_id = sealed.tenant_id AND newer.wallet_id = sealed.wallet_id
                AND newer.version = sealed.version AND newer.generation > sealed.generation
        )
    )
    OR EXISTS (
        SELECT 1 FROM key_tasks AS task, json_each(task.work, '$.keys') AS key
        WHERE task.tenant_id = old.tenant_id AND task.state IN ('awaiting_approval', 'running')
            AND json_extract(key.value, '$.kek') = old.version
    )
)
BEGIN
    SELECT RAISE(ABORT, 'a key-encryption key in use is never deleted');
END;
