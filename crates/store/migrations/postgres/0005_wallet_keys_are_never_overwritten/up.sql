CREATE TRIGGER wallet_keys_no_update BEFORE UPDATE ON wallet_keys
FOR EACH ROW EXECUTE FUNCTION never('a wallet key is never overwritten');

CREATE TRIGGER wallet_keys_no_delete BEFORE DELETE ON wallet_keys
FOR EACH ROW EXECUTE FUNCTION never('a wallet key is never deleted');

CREATE TRIGGER wallet_keys_no_truncate BEFORE TRUNCATE ON wallet_keys
FOR EACH STATEMENT EXECUTE FUNCTION never('a wallet key is never deleted');
