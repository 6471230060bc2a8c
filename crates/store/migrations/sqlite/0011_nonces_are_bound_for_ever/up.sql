CREATE TRIGGER nonces_no_update BEFORE UPDATE ON nonces
BEGIN
    SELECT RAISE(ABORT, 'a nonce never changes its owner');
END;

CREATE TRIGGER nonces_no_delete BEFORE DELETE ON nonces
BEGIN
    SELECT RAISE(ABORT, 'a nonce is never given back');
END;
