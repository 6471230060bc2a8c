DROP TRIGGER nonces_no_truncate ON nonces;

DROP TRIGGER nonces_no_delete ON nonces;

DROP TRIGGER nonces_no_update ON nonces;
