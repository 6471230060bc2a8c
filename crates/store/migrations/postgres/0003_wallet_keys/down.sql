DROP TABLE wallet_keys;
