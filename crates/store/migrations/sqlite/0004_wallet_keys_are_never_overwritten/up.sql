CREATE TRIGGER wallet_keys_no_update BEFORE UPDATE ON wallet_keys
BEGIN
    SELECT RAISE(ABORT, 'a wallet key is never overwritten');
END;

CREATE TRIGGER wallet_keys_no_delete BEFORE DELETE ON wallet_keys
BEGIN
    SELECT RAISE(ABORT, 'a wallet key is never deleted');
END;
