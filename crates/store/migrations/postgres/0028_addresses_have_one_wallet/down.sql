DROP INDEX wallets_by_address;
