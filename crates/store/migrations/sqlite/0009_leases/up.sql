CREATE TABLE leases (
    chain TEXT NOT NULL,
    address TEXT NOT NULL CHECK (length(address) = 42),
    holder TEXT NOT NULL,
    epoch INTEGER NOT NULL CHECK (epoch > 0),
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (chain, address)
) STRICT, WITHOUT ROWID;
