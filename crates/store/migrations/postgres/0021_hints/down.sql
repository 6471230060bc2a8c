DROP TRIGGER hint_of_change ON tenants;

DROP FUNCTION hint_of_change();

DROP TRIGGER hint_of_move ON intents;

DROP TRIGGER hint_of_intent ON intents;

DROP FUNCTION hint_of_intent();
