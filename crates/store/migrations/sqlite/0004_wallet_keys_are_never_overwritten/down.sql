DROP TRIGGER wallet_keys_no_delete;

DROP TRIGGER wallet_keys_no_update;
