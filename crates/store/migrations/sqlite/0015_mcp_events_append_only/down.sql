DROP TRIGGER mcp_events_no_gap;

DROP TRIGGER mcp_events_no_delete;

DROP TRIGGER mcp_events_no_update;
