CREATE TABLE "report_share" (
	"id" text PRIMARY KEY NOT NULL,
	"exercise_id" text NOT NULL,
	"team_id" text NOT NULL,
	"number" integer NOT NULL,
	"tlp" text NOT NULL,
	"approved_at" bigint NOT NULL,
	"shared_at" bigint NOT NULL,
	"to_team" text,
	"to_channel" text,
	"segment" integer DEFAULT 0 NOT NULL,
	"teams" text[] NOT NULL,
	"people" text[] NOT NULL,
	"sequence" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "report" ADD COLUMN "supersedes" integer;--> statement-breakpoint
ALTER TABLE "working_record" ADD COLUMN "others" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "report_share" ADD CONSTRAINT "report_share_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "report_share" ADD CONSTRAINT "report_share_team_id_team_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."team"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "report_share" ADD CONSTRAINT "report_share_to_team_team_id_fk" FOREIGN KEY ("to_team") REFERENCES "public"."team"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "report_share" ADD CONSTRAINT "report_share_to_channel_channel_id_fk" FOREIGN KEY ("to_channel") REFERENCES "public"."channel"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "report_share_latest" ON "report_share" USING btree ("exercise_id","approved_at");--> statement-breakpoint
CREATE INDEX "report_share_team" ON "report_share" USING btree ("team_id");