-- The few questions that no single tenant can answer: which tenant a door is for, and what the
-- executor has to do. Each is a function of the tables' owner that gives only the columns its caller
-- needs, never amounts, requests, documents or keys; the application may call them and see nothing
-- else across tenants. They run as the owner, who alone is let past the tenants' border, only to
-- read, and only on these three tables: who owns a table could lift its border anyway.
CREATE POLICY across ON tenants FOR SELECT TO CURRENT_USER USING (true);

CREATE POLICY across ON intents FOR SELECT TO CURRENT_USER USING (true);

CREATE POLICY across ON approvals FOR SELECT TO CURRENT_USER USING (true);

-- A path is /t/<name>.
CREATE FUNCTION tenants_by_name(wanted TEXT) RETURNS SETOF tenants
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT * FROM tenants WHERE name = wanted $$;

-- A runtime shows the namespace of its service account.
CREATE FUNCTION tenants_by_namespace(wanted TEXT) RETURNS SETOF tenants
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT * FROM tenants WHERE namespace = wanted $$;

-- Doors and the operator list tenants.
CREATE FUNCTION tenants_all() RETURNS SETOF tenants
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$ SELECT * FROM tenants ORDER BY id $$;

-- The executor runs a lane per chain and address; it then reads each intent in its tenant's own
-- unit of work.
CREATE FUNCTION intents_in_states(states TEXT[])
RETURNS TABLE (tenant_id TEXT, id TEXT, chain TEXT, address TEXT, state TEXT)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT it.tenant_id, it.id, it.chain, it.address, it.state
    FROM intents AS it WHERE it.state = ANY (states) ORDER BY it.id
$$;

-- The janitor ends what nobody decided, each in its tenant's own unit of work.
CREATE FUNCTION approvals_overdue(now BIGINT) RETURNS TABLE (tenant_id TEXT, id TEXT)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT it.tenant_id, it.id
    FROM approvals AS it WHERE it.state = 'waiting' AND it.expires_at <= now ORDER BY it.id
$$;

-- Everybody may call a new function until told otherwise.
REVOKE ALL ON FUNCTION tenants_by_name(TEXT), tenants_by_namespace(TEXT), tenants_all(),
    intents_in_states(TEXT[]), approvals_overdue(BIGINT) FROM PUBLIC;
