DROP TRIGGER hint_of_moved_key_task ON key_tasks;

DROP TRIGGER hint_of_key_task ON key_tasks;

DROP FUNCTION hint_of_key_task();
