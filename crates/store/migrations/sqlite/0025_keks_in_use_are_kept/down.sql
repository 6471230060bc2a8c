DROP TRIGGER tenant_keks_no_delete;
