-- Who asked for what is written once, but that an import which ended forgets its sealed keys.
CREATE TABLE key_tasks (
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id) DEFERRABLE INITIALLY DEFERRED,
    id TEXT COLLATE "C" NOT NULL,
    revision BIGINT NOT NULL CHECK (revision >= 0),
    requester TEXT NOT NULL CHECK (json_typeof(requester::json) IS NOT NULL),
    work TEXT NOT NULL CHECK (json_typeof(work::json) = 'object'),
    state TEXT COLLATE "C" NOT NULL CHECK (
        state IN ('awaiting_approval', 'rejected', 'expired', 'running', 'failed', 'succeeded')
    ),
    -- From when on the signing side has something to do about it; 0 is at once.
    due_at BIGINT,
    facts TEXT NOT NULL CHECK (json_typeof(facts::json) = 'object'),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CHECK (state NOT IN ('awaiting_approval', 'running') OR due_at IS NOT NULL),
    CHECK (state NOT IN ('rejected', 'expired', 'failed') OR due_at IS NULL)
);

CREATE INDEX key_tasks_due ON key_tasks (due_at, id) WHERE due_at IS NOT NULL;

ALTER TABLE key_tasks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY of_tenant ON key_tasks
    USING (tenant_id = current_setting('app.tenant_id', true));

-- What there is to do, of all tenants: asked of a function that gives the ids only, as the other
-- questions across tenants. The signing side then reads each task in its tenant's own unit of work.
CREATE POLICY across ON key_tasks FOR SELECT TO CURRENT_USER USING (true);

CREATE FUNCTION key_tasks_open(now BIGINT) RETURNS TABLE (tenant_id TEXT, id TEXT)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT it.tenant_id, it.id FROM key_tasks AS it WHERE it.due_at <= now ORDER BY it.id
$$;

REVOKE ALL ON FUNCTION key_tasks_open(BIGINT) FROM PUBLIC;
