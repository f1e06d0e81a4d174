CREATE EXTENSION IF NOT EXISTS pg_trgm;--> statement-breakpoint
CREATE INDEX "fact_words" ON "fact" USING gin (((coalesce(actor_name, '') || ' ') || fact::text) gin_trgm_ops);