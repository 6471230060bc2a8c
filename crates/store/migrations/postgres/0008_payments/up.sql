-- Who was paid in which asset by what is in a block: a projection of confirmed and final intents.
CREATE TABLE payments (
    tenant_id TEXT COLLATE "C" NOT NULL,
    wallet_id TEXT COLLATE "C" NOT NULL,
    recipient TEXT COLLATE "C" NOT NULL CHECK (length(recipient) = 42),
    asset TEXT COLLATE "C" NOT NULL CHECK (asset LIKE 'eip155:%/%'),
    intent_id TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, wallet_id, recipient, asset, intent_id),
    FOREIGN KEY (tenant_id, intent_id) REFERENCES intents (tenant_id, id)
        DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX payments_by_intent ON payments (tenant_id, intent_id);
