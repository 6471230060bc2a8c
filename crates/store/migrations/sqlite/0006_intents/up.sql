-- `intent` is the row as it was made and never changes; `state`, `facts` and `decision` move.
CREATE TABLE intents (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    wallet_id TEXT NOT NULL,
    chain TEXT NOT NULL,
    address TEXT NOT NULL CHECK (length(address) = 42),
    request_id TEXT NOT NULL,
    request_digest TEXT NOT NULL CHECK (length(request_digest) = 66),
    state TEXT NOT NULL CHECK (
        state IN (
            'denied', 'awaiting_approval', 'rejected', 'expired', 'cancelled', 'authorized',
            'refused', 'signed', 'broadcast', 'ambiguous', 'confirmed', 'final', 'reverted',
            'dropped'
        )
    ),
    tx_hash TEXT CHECK (length(tx_hash) = 66),
    nonce INTEGER CHECK (nonce >= 0),
    created_at INTEGER NOT NULL,
    intent TEXT NOT NULL,
    facts TEXT NOT NULL,
    decision TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, request_id),
    FOREIGN KEY (tenant_id, wallet_id) REFERENCES wallets (tenant_id, id)
        DEFERRABLE INITIALLY DEFERRED,
    CHECK ((tx_hash IS NULL) = (nonce IS NULL))
) STRICT;

CREATE INDEX intents_by_state ON intents (state, id);

CREATE INDEX intents_by_hash ON intents (tenant_id, tx_hash);

CREATE INDEX intents_by_wallet ON intents (tenant_id, wallet_id, id);

CREATE INDEX intents_by_digest ON intents (tenant_id, wallet_id, request_digest, created_at);
