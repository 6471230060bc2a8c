DROP TRIGGER tenants_keep_keys;

DROP TABLE tenant_keks;
