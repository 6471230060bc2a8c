DROP FUNCTION key_tasks_open(BIGINT);

DROP TABLE key_tasks;
