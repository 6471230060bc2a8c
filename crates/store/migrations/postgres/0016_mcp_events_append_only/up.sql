CREATE TRIGGER mcp_events_no_update BEFORE UPDATE ON mcp_events
FOR EACH ROW EXECUTE FUNCTION never('an audit entry is never changed');

CREATE TRIGGER mcp_events_no_delete BEFORE DELETE ON mcp_events
FOR EACH ROW EXECUTE FUNCTION never('an audit entry is never deleted');

CREATE TRIGGER mcp_events_no_truncate BEFORE TRUNCATE ON mcp_events
FOR EACH STATEMENT EXECUTE FUNCTION never('an audit entry is never deleted');

-- Two writers at once would both see the same last entry; the unique key then refuses the second.
CREATE FUNCTION no_gap() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    IF new.seq <> (
        SELECT coalesce(max(seq), 0) + 1 FROM mcp_events WHERE tenant_id = new.tenant_id
    ) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'restrict_violation',
            MESSAGE = 'an audit entry goes behind the last one';
    END IF;
    RETURN new;
END
$$;

CREATE TRIGGER mcp_events_no_gap BEFORE INSERT ON mcp_events
FOR EACH ROW EXECUTE FUNCTION no_gap();
