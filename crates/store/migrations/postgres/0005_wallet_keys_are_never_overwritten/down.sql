DROP TRIGGER wallet_keys_no_truncate ON wallet_keys;

DROP TRIGGER wallet_keys_no_delete ON wallet_keys;

DROP TRIGGER wallet_keys_no_update ON wallet_keys;
