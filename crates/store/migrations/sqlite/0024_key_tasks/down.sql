DROP TABLE key_tasks;
