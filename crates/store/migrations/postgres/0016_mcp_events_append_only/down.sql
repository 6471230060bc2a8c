DROP TRIGGER mcp_events_no_gap ON mcp_events;

DROP FUNCTION no_gap();

DROP TRIGGER mcp_events_no_truncate ON mcp_events;

DROP TRIGGER mcp_events_no_delete ON mcp_events;

DROP TRIGGER mcp_events_no_update ON mcp_events;
