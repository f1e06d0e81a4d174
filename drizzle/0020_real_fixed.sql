-- A space is an exercise or real from its creation on (DOMAIN 4.5, docs/adr/0016-real-rooms.md): whoever tries to change
-- it, by whatever way, is refused by the database itself.
ALTER TABLE exercise ADD CONSTRAINT exercise_kind CHECK (kind IN ('exercise', 'real'));
--> statement-breakpoint
CREATE FUNCTION refuse_other_kind() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'a space is an exercise or real from its creation on' USING ERRCODE = 'insufficient_privilege';
END $$;
--> statement-breakpoint
CREATE TRIGGER exercise_kind_fixed BEFORE UPDATE ON exercise FOR EACH ROW
	WHEN (OLD.kind IS DISTINCT FROM NEW.kind) EXECUTE FUNCTION refuse_other_kind();
