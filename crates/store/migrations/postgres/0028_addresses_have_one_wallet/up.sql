-- Two wallets of one key would be two budgets for it, and two lanes for its nonces.
CREATE UNIQUE INDEX wallets_by_address ON wallets (address);
