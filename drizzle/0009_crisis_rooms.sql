CREATE TABLE "channel_file" (
	"id" text PRIMARY KEY NOT NULL,
	"exercise_id" text NOT NULL,
	"channel_id" text NOT NULL,
	"message_id" text,
	"sha256" text NOT NULL,
	"name" text NOT NULL,
	"media_type" text NOT NULL,
	"bytes" integer NOT NULL,
	"uploaded_by" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "channel_message" (
	"id" text PRIMARY KEY NOT NULL,
	"exercise_id" text NOT NULL,
	"channel_id" text NOT NULL,
	"sequence" bigint NOT NULL,
	"tlp" text NOT NULL,
	"relaxed_tlp" text,
	"author_id" text,
	"team_id" text,
	"thread_id" text,
	"sources" jsonb NOT NULL,
	"quoted" text[] DEFAULT '{}' NOT NULL,
	"mentions" text[] DEFAULT '{}' NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "exercise_terms" (
	"exercise_id" text NOT NULL,
	"version" integer NOT NULL,
	"text" text NOT NULL,
	"sha256" text NOT NULL,
	"published_by" text,
	"published_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "exercise_terms_exercise_id_version_pk" PRIMARY KEY("exercise_id","version")
);
--> statement-breakpoint
CREATE TABLE "help_request" (
	"id" text PRIMARY KEY NOT NULL,
	"exercise_id" text NOT NULL,
	"account_id" text NOT NULL,
	"asked_by" text NOT NULL,
	"teams" text[] NOT NULL,
	"countries" text[] NOT NULL,
	"topic" text NOT NULL,
	"text" text NOT NULL,
	"place" text DEFAULT '' NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"asked_wall" timestamp with time zone NOT NULL,
	"asked_at" bigint,
	"answer" text,
	"answered_by" text,
	"answered_wall" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "looked" (
	"account_id" text NOT NULL,
	"exercise_id" text NOT NULL,
	"room" text NOT NULL,
	"looked_at" timestamp with time zone NOT NULL,
	CONSTRAINT "looked_account_id_exercise_id_room_pk" PRIMARY KEY("account_id","exercise_id","room")
);
--> statement-breakpoint
CREATE TABLE "notice_cursor" (
	"account_id" text NOT NULL,
	"exercise_id" text NOT NULL,
	"sequence" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "notice_cursor_account_id_exercise_id_pk" PRIMARY KEY("account_id","exercise_id")
);
--> statement-breakpoint
CREATE TABLE "notice_preference" (
	"account_id" text PRIMARY KEY NOT NULL,
	"choices" jsonb NOT NULL,
	"digest_at" timestamp with time zone
);
--> statement-breakpoint
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
CREATE TABLE "suggestion_dismissal" (
	"inject_id" text NOT NULL,
	"team_id" text NOT NULL,
	"missed_inject" text NOT NULL,
	"missed_action" text NOT NULL,
	"note" text NOT NULL,
	"by_name" text NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "suggestion_dismissal_once" PRIMARY KEY("inject_id","team_id","missed_inject","missed_action")
);
--> statement-breakpoint
CREATE TABLE "team_file" (
	"id" text PRIMARY KEY NOT NULL,
	"exercise_id" text NOT NULL,
	"team_id" text NOT NULL,
	"sha256" text NOT NULL,
	"name" text NOT NULL,
	"media_type" text NOT NULL,
	"bytes" integer NOT NULL,
	"uploaded_by" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "terms_acceptance" (
	"exercise_id" text NOT NULL,
	"account_id" text NOT NULL,
	"version" integer NOT NULL,
	"sha256" text NOT NULL,
	"accepted_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "terms_acceptance_exercise_id_account_id_version_pk" PRIMARY KEY("exercise_id","account_id","version")
);
--> statement-breakpoint
CREATE TABLE "work_claim" (
	"exercise_id" text NOT NULL,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"account_id" text NOT NULL,
	"name" text NOT NULL,
	"claimed_at" timestamp with time zone NOT NULL,
	"away_since" timestamp with time zone,
	CONSTRAINT "work_claim_exercise_id_kind_subject_pk" PRIMARY KEY("exercise_id","kind","subject")
);
--> statement-breakpoint
ALTER TABLE "channel" ADD COLUMN "standard" text;--> statement-breakpoint
ALTER TABLE "channel" ADD COLUMN "mode" jsonb;--> statement-breakpoint
ALTER TABLE "channel" ADD COLUMN "duty" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "channel" ADD COLUMN "opened_by" text;--> statement-breakpoint
ALTER TABLE "exercise" ADD COLUMN "terms_version" integer;--> statement-breakpoint
ALTER TABLE "exercise" ADD COLUMN "paced_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "exercise" ADD COLUMN "catch_up_held" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "library_item" ADD COLUMN "source_cell" text;--> statement-breakpoint
ALTER TABLE "mail" ADD COLUMN "recipient" jsonb;--> statement-breakpoint
ALTER TABLE "question" ADD COLUMN "addressed_to" text;--> statement-breakpoint
ALTER TABLE "question" ADD COLUMN "answered_as" text;--> statement-breakpoint
ALTER TABLE "report" ADD COLUMN "supersedes" integer;--> statement-breakpoint
ALTER TABLE "working_record" ADD COLUMN "others" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "channel_file" ADD CONSTRAINT "channel_file_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "channel_file" ADD CONSTRAINT "channel_file_channel_id_channel_id_fk" FOREIGN KEY ("channel_id") REFERENCES "public"."channel"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "channel_file" ADD CONSTRAINT "channel_file_uploaded_by_account_id_fk" FOREIGN KEY ("uploaded_by") REFERENCES "public"."account"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "channel_message" ADD CONSTRAINT "channel_message_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "channel_message" ADD CONSTRAINT "channel_message_channel_id_channel_id_fk" FOREIGN KEY ("channel_id") REFERENCES "public"."channel"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "channel_message" ADD CONSTRAINT "channel_message_author_id_account_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."account"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "channel_message" ADD CONSTRAINT "channel_message_team_id_team_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."team"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exercise_terms" ADD CONSTRAINT "exercise_terms_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exercise_terms" ADD CONSTRAINT "exercise_terms_published_by_account_id_fk" FOREIGN KEY ("published_by") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "help_request" ADD CONSTRAINT "help_request_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "help_request" ADD CONSTRAINT "help_request_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "looked" ADD CONSTRAINT "looked_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "looked" ADD CONSTRAINT "looked_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notice_cursor" ADD CONSTRAINT "notice_cursor_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notice_cursor" ADD CONSTRAINT "notice_cursor_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notice_preference" ADD CONSTRAINT "notice_preference_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "report_share" ADD CONSTRAINT "report_share_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "report_share" ADD CONSTRAINT "report_share_team_id_team_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."team"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "report_share" ADD CONSTRAINT "report_share_to_team_team_id_fk" FOREIGN KEY ("to_team") REFERENCES "public"."team"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "report_share" ADD CONSTRAINT "report_share_to_channel_channel_id_fk" FOREIGN KEY ("to_channel") REFERENCES "public"."channel"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suggestion_dismissal" ADD CONSTRAINT "suggestion_dismissal_inject_id_inject_id_fk" FOREIGN KEY ("inject_id") REFERENCES "public"."inject"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suggestion_dismissal" ADD CONSTRAINT "suggestion_dismissal_team_id_team_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."team"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "team_file" ADD CONSTRAINT "team_file_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "team_file" ADD CONSTRAINT "team_file_team_id_team_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."team"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "team_file" ADD CONSTRAINT "team_file_uploaded_by_account_id_fk" FOREIGN KEY ("uploaded_by") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "terms_acceptance" ADD CONSTRAINT "terms_acceptance_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "terms_acceptance" ADD CONSTRAINT "terms_acceptance_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "work_claim" ADD CONSTRAINT "work_claim_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "work_claim" ADD CONSTRAINT "work_claim_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "channel_file_channel" ON "channel_file" USING btree ("channel_id");--> statement-breakpoint
CREATE INDEX "channel_file_exercise" ON "channel_file" USING btree ("exercise_id","uploaded_by");--> statement-breakpoint
CREATE INDEX "channel_file_sha256" ON "channel_file" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "channel_message_mentions" ON "channel_message" USING gin ("mentions");--> statement-breakpoint
CREATE INDEX "channel_message_channel" ON "channel_message" USING btree ("channel_id","sequence");--> statement-breakpoint
CREATE INDEX "channel_message_quoted" ON "channel_message" USING gin ("quoted");--> statement-breakpoint
CREATE INDEX "help_request_state" ON "help_request" USING btree ("exercise_id","state");--> statement-breakpoint
CREATE INDEX "help_request_account" ON "help_request" USING btree ("exercise_id","account_id");--> statement-breakpoint
CREATE INDEX "notice_preference_digest" ON "notice_preference" USING btree ("digest_at");--> statement-breakpoint
CREATE INDEX "report_share_latest" ON "report_share" USING btree ("exercise_id","approved_at");--> statement-breakpoint
CREATE INDEX "report_share_team" ON "report_share" USING btree ("team_id");--> statement-breakpoint
CREATE INDEX "team_file_team" ON "team_file" USING btree ("team_id");--> statement-breakpoint
CREATE INDEX "team_file_sha256" ON "team_file" USING btree ("sha256");--> statement-breakpoint
ALTER TABLE "channel" ADD CONSTRAINT "channel_opened_by_account_id_fk" FOREIGN KEY ("opened_by") REFERENCES "public"."account"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "channel_standard" ON "channel" USING btree ("exercise_id","standard") WHERE "channel"."standard" is not null and "channel"."closed_at" is null;