-- What stays append-only lets the erasure of one country through as well: on the day of that country, in the same columns
-- as for a whole exercise (0015, docs/adr/0014-erasure.md).
CREATE OR REPLACE FUNCTION refuse_change_unless_erasing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	was jsonb := to_jsonb(OLD);
	erasing text := nullif(current_setting('muster.erasing', true), '');
	owner text;
	naming text[];
	today date := (now() at time zone 'UTC')::date;
BEGIN
	IF TG_OP = 'UPDATE' AND erasing IS NOT NULL THEN
		IF TG_TABLE_NAME = 'fact' THEN
			owner := was->>'exercise_id';
			naming := array['actor_id', 'actor_name', 'fact'];
		ELSIF TG_TABLE_NAME = 'audit' THEN
			owner := was->>'scope';
			naming := array['actor_id', 'detail'];
		ELSE
			SELECT exercise_id INTO owner FROM inject WHERE id = was->>'inject_id';
			naming := array['approved_by', 'content'];
		END IF;
		IF owner = erasing AND to_jsonb(NEW) - naming = was - naming AND EXISTS (
			SELECT 1 FROM exercise e
			WHERE e.id = owner AND e.erased_at IS NULL AND (
				e.erase_on <= today OR EXISTS (
					SELECT 1 FROM country_erasure c
					WHERE c.exercise_id = owner AND c.erased_at IS NULL AND c.erase_on <= today
				)
			)
		) THEN
			RETURN NEW;
		END IF;
	END IF;
	RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
