DROP TRIGGER tenants_keep_keys ON tenants;

DROP FUNCTION keep_keys();

DROP TABLE tenant_keks;

DROP FUNCTION keks_in_order();
