DROP TRIGGER tenant_keks_no_delete ON tenant_keks;

DROP FUNCTION keks_keep_used();
