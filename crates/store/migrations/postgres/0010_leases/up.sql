CREATE TABLE leases (
    chain TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL CHECK (length(address) = 42),
    holder TEXT COLLATE "C" NOT NULL,
    epoch BIGINT NOT NULL CHECK (epoch > 0),
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (chain, address)
);
