CREATE TRIGGER nonces_no_update BEFORE UPDATE ON nonces
FOR EACH ROW EXECUTE FUNCTION never('a nonce never changes its owner');

CREATE TRIGGER nonces_no_delete BEFORE DELETE ON nonces
FOR EACH ROW EXECUTE FUNCTION never('a nonce is never given back');

CREATE TRIGGER nonces_no_truncate BEFORE TRUNCATE ON nonces
FOR EACH STATEMENT EXECUTE FUNCTION never('a nonce is never given back');
