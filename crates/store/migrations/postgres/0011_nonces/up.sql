-- A nonce has one owner, and an intent has one nonce: its replacements reuse it.
CREATE TABLE nonces (
    chain TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL CHECK (length(address) = 42),
    nonce BIGINT NOT NULL CHECK (nonce >= 0),
    tenant_id TEXT COLLATE "C" NOT NULL,
    intent_id TEXT COLLATE "C" NOT NULL,
    epoch BIGINT NOT NULL CHECK (epoch > 0),
    PRIMARY KEY (chain, address, nonce),
    UNIQUE (tenant_id, intent_id),
    FOREIGN KEY (tenant_id, intent_id) REFERENCES intents (tenant_id, id)
        DEFERRABLE INITIALLY DEFERRED
);
