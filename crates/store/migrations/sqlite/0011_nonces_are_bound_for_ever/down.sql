DROP TRIGGER nonces_no_delete;

DROP TRIGGER nonces_no_update;
