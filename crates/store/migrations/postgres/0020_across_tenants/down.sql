DROP FUNCTION approvals_overdue(BIGINT);

DROP FUNCTION intents_in_states(TEXT[]);

DROP FUNCTION tenants_all();

DROP FUNCTION tenants_by_namespace(TEXT);

DROP FUNCTION tenants_by_name(TEXT);

DROP POLICY across ON approvals;

DROP POLICY across ON intents;

DROP POLICY across ON tenants;
