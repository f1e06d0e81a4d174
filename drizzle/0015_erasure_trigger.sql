-- Facts, audit rows and approved versions stay append-only. One act may take people out of them: the erasure of an exercise
-- whose day has come, once, in the columns that name people. No number, time or hash changes, and no row goes
-- (docs/adr/0014-erasure.md).
CREATE FUNCTION refuse_change_unless_erasing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	was jsonb := to_jsonb(OLD);
	erasing text := nullif(current_setting('muster.erasing', true), '');
	owner text;
	naming text[];
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
			SELECT 1 FROM exercise
			WHERE id = owner AND erased_at IS NULL AND erase_on <= (now() at time zone 'UTC')::date
		) THEN
			RETURN NEW;
		END IF;
	END IF;
	RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
--> statement-breakpoint
DROP TRIGGER fact_append_only ON fact;
--> statement-breakpoint
CREATE TRIGGER fact_append_only BEFORE UPDATE OR DELETE ON fact FOR EACH ROW EXECUTE FUNCTION refuse_change_unless_erasing();
--> statement-breakpoint
DROP TRIGGER audit_append_only ON audit;
--> statement-breakpoint
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_change_unless_erasing();
--> statement-breakpoint
DROP TRIGGER inject_version_append_only ON inject_version;
--> statement-breakpoint
CREATE TRIGGER inject_version_append_only BEFORE UPDATE ON inject_version FOR EACH ROW EXECUTE FUNCTION refuse_change_unless_erasing();
