CREATE TRIGGER mcp_events_no_update BEFORE UPDATE ON mcp_events
BEGIN
    SELECT RAISE(ABORT, 'an audit entry is never changed');
END;

CREATE TRIGGER mcp_events_no_delete BEFORE DELETE ON mcp_events
BEGIN
    SELECT RAISE(ABORT, 'an audit entry is never deleted');
END;

-- No gap, and no REPLACE: its deletes fire no trigger of their own everywhere.
CREATE TRIGGER mcp_events_no_gap BEFORE INSERT ON mcp_events
WHEN new.seq <> (
    SELECT coalesce(max(seq), 0) + 1 FROM mcp_events WHERE tenant_id = new.tenant_id
)
BEGIN
    SELECT RAISE(ABORT, 'an audit entry goes behind the last one');
END;
