CREATE TABLE "channel" (
	"id" text PRIMARY KEY NOT NULL,
	"exercise_id" text NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"members" jsonb NOT NULL,
	"closed_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "working_record" (
	"id" text PRIMARY KEY NOT NULL,
	"exercise_id" text NOT NULL,
	"team_id" text NOT NULL,
	"kind" text NOT NULL,
	"standing" jsonb NOT NULL,
	"acts" integer NOT NULL,
	"changed" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "channel" ADD CONSTRAINT "channel_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "working_record" ADD CONSTRAINT "working_record_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "working_record" ADD CONSTRAINT "working_record_team_id_team_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."team"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "channel_exercise" ON "channel" USING btree ("exercise_id");--> statement-breakpoint
CREATE INDEX "working_record_team" ON "working_record" USING btree ("team_id","kind");--> statement-breakpoint
CREATE INDEX "working_record_kind" ON "working_record" USING btree ("exercise_id","kind","changed");