-- `intent` is the row as it was made and never changes; `state`, `facts` and `decision` move.
CREATE TABLE intents (
    tenant_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    wallet_id TEXT COLLATE "C" NOT NULL,
    chain TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL CHECK (length(address) = 42),
    request_id TEXT COLLATE "C" NOT NULL,
    request_digest TEXT COLLATE "C" NOT NULL CHECK (length(request_digest) = 66),
    state TEXT COLLATE "C" NOT NULL CHECK (
        state IN (
            'denied', 'awaiting_approval', 'rejected', 'expired', 'cancelled', 'authorized',
            'refused', 'signed', 'broadcast', 'ambiguous', 'confirmed', 'final', 'reverted',
            'dropped'
        )
    ),
    tx_hash TEXT COLLATE "C" CHECK (length(tx_hash) = 66),
    nonce BIGINT CHECK (nonce >= 0),
    created_at BIGINT NOT NULL,
    intent TEXT NOT NULL,
    facts TEXT NOT NULL,
    decision TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, request_id),
    FOREIGN KEY (tenant_id, wallet_id) REFERENCES wallets (tenant_id, id)
        DEFERRABLE INITIALLY DEFERRED,
    CHECK ((tx_hash IS NULL) = (nonce IS NULL))
);

CREATE INDEX intents_by_state ON intents (state, id);

CREATE INDEX intents_by_hash ON intents (tenant_id, tx_hash);

CREATE INDEX intents_by_wallet ON intents (tenant_id, wallet_id, id);

CREATE INDEX intents_by_digest ON intents (tenant_id, wallet_id, request_digest, created_at);
