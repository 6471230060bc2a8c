DROP TRIGGER revise_by_key;
DROP TRIGGER revise_by_lost_policy;
DROP TRIGGER revise_by_policy;
DROP TRIGGER revise_by_new_policy;
DROP TRIGGER revise_by_wallet;
DROP TRIGGER revise_by_tenant;
