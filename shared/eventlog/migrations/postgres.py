"""How does PostgreSQL append in one round trip? A function that locks the head, looks, and writes if all is as said."""

APPEND_FUNCTION = """
CREATE OR REPLACE FUNCTION kosilab_append(
    before bigint, incarnation_now int, audiences_after text, recorded timestamptz,
    supposed_streams text[], supposed_versions int[],
    event_ids text[], streams text[], versions int[], types text[], audiences text[], causes text[], records bytea[],
    commands text[], digests text[], outcomes text[]
) RETURNS boolean LANGUAGE plpgsql AS $function$
-- Every statement here sees what was committed before the lock was given: READ COMMITTED, and the lock comes first.
DECLARE
    head log_head;
BEGIN
    SELECT * INTO STRICT head FROM log_head WHERE id = 1 FOR UPDATE;
    IF head.position <> before OR head.incarnation <> incarnation_now OR head.stopped IS NOT NULL THEN
        RETURN false;
    END IF;
    IF EXISTS (SELECT 1 FROM command WHERE command_id = ANY (commands)) THEN
        RETURN false;
    END IF;
    IF EXISTS (
        SELECT 1 FROM unnest(supposed_streams, supposed_versions) AS supposed (stream, version)
        WHERE supposed.version <> coalesce(
            (SELECT e.version FROM event e WHERE e.stream = supposed.stream ORDER BY e.version DESC LIMIT 1), 0)
    ) THEN
        RETURN false;
    END IF;
    INSERT INTO event (position, event_id, stream, version, type, audience, recorded_at, command_id, record)
        SELECT before + n, id, stream, version, type, audience, recorded, cause, record
        FROM unnest(event_ids, streams, versions, types, audiences, causes, records)
            WITH ORDINALITY AS new (id, stream, version, type, audience, cause, record, n);
    INSERT INTO command (command_id, request_digest, outcome)
        SELECT * FROM unnest(commands, digests, outcomes);
    UPDATE log_head SET position = before + cardinality(event_ids), by_audience = audiences_after,
        recorded_at = recorded WHERE id = 1;
    RETURN true;
END
$function$
"""
