DROP TRIGGER revise_by_key ON api_keys;

DROP TRIGGER revise_by_policy ON policies;

DROP TRIGGER revise_by_wallet ON wallets;

DROP FUNCTION revise();

DROP TRIGGER revise_by_tenant ON tenants;

DROP FUNCTION revise_itself();
