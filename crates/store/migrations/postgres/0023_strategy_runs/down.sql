DROP TABLE strategy_runs;
