-- The history of improvement actions and lessons is append-only, as facts and audit rows are (PROMISES R13).
CREATE TRIGGER improvement_event_append_only BEFORE UPDATE OR DELETE ON improvement_event FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER improvement_event_no_truncate BEFORE TRUNCATE ON improvement_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
