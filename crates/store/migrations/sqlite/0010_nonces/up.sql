-- A nonce has one owner, and an intent has one nonce: its replacements reuse it.
CREATE TABLE nonces (
    chain TEXT NOT NULL,
    address TEXT NOT NULL CHECK (length(address) = 42),
    nonce INTEGER NOT NULL CHECK (nonce >= 0),
    tenant_id TEXT NOT NULL,
    intent_id TEXT NOT NULL,
    epoch INTEGER NOT NULL CHECK (epoch > 0),
    PRIMARY KEY (chain, address, nonce),
    UNIQUE (tenant_id, intent_id),
    FOREIGN KEY (tenant_id, intent_id) REFERENCES intents (tenant_id, id)
        DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;
