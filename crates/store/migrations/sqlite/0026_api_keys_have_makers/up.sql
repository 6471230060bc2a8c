-- Who made a key; null for those that the house handed out, and for those of before.
ALTER TABLE api_keys ADD COLUMN made_by TEXT;
