-- Who was paid in which asset by what is in a block: a projection of confirmed and final intents.
CREATE TABLE payments (
    tenant_id TEXT NOT NULL,
    wallet_id TEXT NOT NULL,
    recipient TEXT NOT NULL CHECK (length(recipient) = 42),
    asset TEXT NOT NULL CHECK (asset LIKE 'eip155:%/%'),
    intent_id TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, wallet_id, recipient, asset, intent_id),
    FOREIGN KEY (tenant_id, intent_id) REFERENCES intents (tenant_id, id)
        DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;

CREATE INDEX payments_by_intent ON payments (tenant_id, intent_id);
