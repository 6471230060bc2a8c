-- For tables whose rows are written once. The application's role has no right to change them
-- either; this holds for everybody else, the tables' owner too.
CREATE FUNCTION never() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'restrict_violation', MESSAGE = TG_ARGV[0];
END
$$;
