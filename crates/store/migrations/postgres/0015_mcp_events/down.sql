DROP TABLE mcp_events;
