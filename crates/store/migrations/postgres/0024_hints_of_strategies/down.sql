DROP TRIGGER hint_of_changed_strategy ON strategies;

DROP TRIGGER hint_of_strategy ON strategies;

DROP FUNCTION hint_of_strategy();
