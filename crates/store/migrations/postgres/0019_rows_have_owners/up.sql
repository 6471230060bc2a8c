-- A query that forgets its tenant finds nothing, and writes nothing for anybody else: rows are those
-- of the tenant that the transaction names in `app.tenant_id`, for the tables' owner too. Outside a
-- transaction of ours the setting is absent or empty, and no row is anybody's.

ALTER TABLE tenants ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY of_tenant ON tenants
    USING (id = current_setting('app.tenant_id', true));

ALTER TABLE wallets ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY of_tenant ON wallets
    USING (tenant_id = current_setting('app.tenant_id', true));

ALTER TABLE wallet_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY of_tenant ON wallet_keys
    USING (tenant_id = current_setting('app.tenant_id', true));

ALTER TABLE policies ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY of_tenant ON policies
    USING (tenant_id = current_setting('app.tenant_id', true));

ALTER TABLE intents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY of_tenant ON intents
    USING (tenant_id = current_setting('app.tenant_id', true));

ALTER TABLE payments ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY of_tenant ON payments
    USING (tenant_id = current_setting('app.tenant_id', true));

ALTER TABLE reservations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY of_tenant ON reservations
    USING (tenant_id = current_setting('app.tenant_id', true));

ALTER TABLE nonces ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY of_tenant ON nonces
    USING (tenant_id = current_setting('app.tenant_id', true));

ALTER TABLE approvals ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY of_tenant ON approvals
    USING (tenant_id = current_setting('app.tenant_id', true));

ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY of_tenant ON api_keys
    USING (tenant_id = current_setting('app.tenant_id', true));

ALTER TABLE mcp_events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY of_tenant ON mcp_events
    USING (tenant_id = current_setting('app.tenant_id', true));

ALTER TABLE dry_runs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY of_tenant ON dry_runs
    USING (tenant_id = current_setting('app.tenant_id', true));
