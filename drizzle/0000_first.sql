CREATE TABLE "account" (
	"id" text PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"password_hash" text,
	"organisation_id" text,
	"time_zone" text,
	"is_administrator" boolean DEFAULT false NOT NULL,
	"disabled_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit" (
	"scope" text NOT NULL,
	"sequence" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"actor_id" text,
	"act" text NOT NULL,
	"detail" jsonb NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "audit_scope_sequence_pk" PRIMARY KEY("scope","sequence")
);
--> statement-breakpoint
CREATE TABLE "audit_head" (
	"scope" text PRIMARY KEY NOT NULL,
	"sequence" bigint NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "command_result" (
	"account_id" text NOT NULL,
	"key" text NOT NULL,
	"name" text NOT NULL,
	"answer" jsonb NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "command_result_account_id_key_pk" PRIMARY KEY("account_id","key")
);
--> statement-breakpoint
CREATE TABLE "delivery" (
	"id" text PRIMARY KEY NOT NULL,
	"exercise_id" text NOT NULL,
	"inject_id" text NOT NULL,
	"team_id" text NOT NULL,
	"released_at" bigint NOT NULL,
	"acknowledge_by" bigint,
	"respond_by" bigint,
	"seen_at" bigint,
	"acknowledged_at" bigint,
	"acknowledged_by" text,
	"responded_at" bigint,
	"changed" bigint NOT NULL,
	CONSTRAINT "delivery_once" UNIQUE("inject_id","team_id")
);
--> statement-breakpoint
CREATE TABLE "document" (
	"name" text PRIMARY KEY NOT NULL,
	"exercise_id" text NOT NULL,
	"epoch" integer DEFAULT 0 NOT NULL,
	"sequence" bigint DEFAULT 0 NOT NULL,
	"server_client" bigint NOT NULL,
	"server_clock" integer DEFAULT 0 NOT NULL,
	"timeline" text,
	"segment" integer,
	"closed_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "document_snapshot" (
	"document" text NOT NULL,
	"epoch" integer NOT NULL,
	"sequence" bigint NOT NULL,
	"sha256" "bytea" NOT NULL,
	"bytes" "bytea" NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "document_snapshot_document_epoch_sequence_pk" PRIMARY KEY("document","epoch","sequence")
);
--> statement-breakpoint
CREATE TABLE "document_update" (
	"document" text NOT NULL,
	"epoch" integer NOT NULL,
	"sequence" bigint NOT NULL,
	"author" text,
	"session" text,
	"sha256" "bytea" NOT NULL,
	"bytes" "bytea" NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "document_update_document_epoch_sequence_pk" PRIMARY KEY("document","epoch","sequence")
);
--> statement-breakpoint
CREATE TABLE "exercise" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"tlp" text NOT NULL,
	"state" text DEFAULT 'draft' NOT NULL,
	"time_zone" text NOT NULL,
	"starts_at" bigint NOT NULL,
	"ends_at" bigint NOT NULL,
	"clock" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"settings" jsonb NOT NULL,
	"stop_reason" text,
	"sequence" bigint DEFAULT 0 NOT NULL,
	"rights_version" integer DEFAULT 0 NOT NULL,
	"created_by" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "fact" (
	"exercise_id" text NOT NULL,
	"sequence" bigint NOT NULL,
	"kind" text NOT NULL,
	"team_id" text,
	"actor_id" text,
	"actor_name" text,
	"wall_at" timestamp with time zone NOT NULL,
	"exercise_at" bigint,
	"fact" jsonb NOT NULL,
	CONSTRAINT "fact_exercise_id_sequence_pk" PRIMARY KEY("exercise_id","sequence")
);
--> statement-breakpoint
CREATE TABLE "hot_wash_card" (
	"id" text PRIMARY KEY NOT NULL,
	"exercise_id" text NOT NULL,
	"team_id" text NOT NULL,
	"board_column" text NOT NULL,
	"text" text NOT NULL,
	"account_id" text,
	"by_name" text,
	"withdrawn" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "hot_wash_vote" (
	"card_id" text NOT NULL,
	"account_id" text NOT NULL,
	CONSTRAINT "hot_wash_vote_card_id_account_id_pk" PRIMARY KEY("card_id","account_id")
);
--> statement-breakpoint
CREATE TABLE "inject" (
	"id" text PRIMARY KEY NOT NULL,
	"exercise_id" text NOT NULL,
	"cell" text NOT NULL,
	"state" text NOT NULL,
	"version" integer DEFAULT 0 NOT NULL,
	"submitted_by" text,
	"submitted_at" timestamp with time zone,
	"submitted_fingerprint" text,
	"return_reason" text,
	"due_at" bigint,
	"after_inject" text,
	"reason" text,
	"released_at" bigint,
	"released_wall" timestamp with time zone,
	"trigger" text,
	"changed" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "inject_version" (
	"inject_id" text NOT NULL,
	"version" integer NOT NULL,
	"content" jsonb NOT NULL,
	"fingerprint" text NOT NULL,
	"approved_by" text,
	"approved_at" timestamp with time zone NOT NULL,
	CONSTRAINT "inject_version_inject_id_version_pk" PRIMARY KEY("inject_id","version")
);
--> statement-breakpoint
CREATE TABLE "invitation" (
	"id" text PRIMARY KEY NOT NULL,
	"token_hash" text NOT NULL,
	"exercise_id" text,
	"account_id" text,
	"role" text,
	"team_id" text,
	"country" text,
	"cell" text,
	"lead" boolean DEFAULT false NOT NULL,
	"quota" integer NOT NULL,
	"used" integer DEFAULT 0 NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	"created_by" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "invitation_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "membership" (
	"id" text PRIMARY KEY NOT NULL,
	"exercise_id" text NOT NULL,
	"account_id" text NOT NULL,
	"role" text NOT NULL,
	"team_id" text,
	"country" text,
	"cell" text,
	"lead" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "membership_once" UNIQUE NULLS NOT DISTINCT("exercise_id","account_id","role","team_id","country","cell")
);
--> statement-breakpoint
CREATE TABLE "organisation" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"country" text NOT NULL,
	"kind" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "organisation_name_country" UNIQUE("name","country")
);
--> statement-breakpoint
CREATE TABLE "question" (
	"id" text PRIMARY KEY NOT NULL,
	"exercise_id" text NOT NULL,
	"team_id" text NOT NULL,
	"text" text NOT NULL,
	"asked_by" text NOT NULL,
	"asked_at" bigint NOT NULL,
	"asked_wall" timestamp with time zone NOT NULL,
	"answer" text,
	"answered_by" text,
	"answered_at" bigint
);
--> statement-breakpoint
CREATE TABLE "report" (
	"exercise_id" text NOT NULL,
	"team_id" text NOT NULL,
	"number" integer NOT NULL,
	"page" text NOT NULL,
	"opened_at" bigint NOT NULL,
	"approved_sequence" bigint,
	CONSTRAINT "report_team_id_number_pk" PRIMARY KEY("team_id","number")
);
--> statement-breakpoint
CREATE TABLE "session" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"ends_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "team" (
	"id" text PRIMARY KEY NOT NULL,
	"exercise_id" text NOT NULL,
	"name" text NOT NULL,
	"country" text NOT NULL,
	"level" text NOT NULL,
	"organisation_id" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "account" ADD CONSTRAINT "account_organisation_id_organisation_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delivery" ADD CONSTRAINT "delivery_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delivery" ADD CONSTRAINT "delivery_inject_id_inject_id_fk" FOREIGN KEY ("inject_id") REFERENCES "public"."inject"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delivery" ADD CONSTRAINT "delivery_team_id_team_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."team"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "document" ADD CONSTRAINT "document_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "document_snapshot" ADD CONSTRAINT "document_snapshot_document_document_name_fk" FOREIGN KEY ("document") REFERENCES "public"."document"("name") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "document_update" ADD CONSTRAINT "document_update_document_document_name_fk" FOREIGN KEY ("document") REFERENCES "public"."document"("name") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exercise" ADD CONSTRAINT "exercise_created_by_account_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hot_wash_card" ADD CONSTRAINT "hot_wash_card_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hot_wash_card" ADD CONSTRAINT "hot_wash_card_team_id_team_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."team"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hot_wash_vote" ADD CONSTRAINT "hot_wash_vote_card_id_hot_wash_card_id_fk" FOREIGN KEY ("card_id") REFERENCES "public"."hot_wash_card"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inject" ADD CONSTRAINT "inject_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inject" ADD CONSTRAINT "inject_submitted_by_account_id_fk" FOREIGN KEY ("submitted_by") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inject_version" ADD CONSTRAINT "inject_version_inject_id_inject_id_fk" FOREIGN KEY ("inject_id") REFERENCES "public"."inject"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inject_version" ADD CONSTRAINT "inject_version_approved_by_account_id_fk" FOREIGN KEY ("approved_by") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_team_id_team_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."team"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_created_by_account_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "membership" ADD CONSTRAINT "membership_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "membership" ADD CONSTRAINT "membership_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "membership" ADD CONSTRAINT "membership_team_id_team_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."team"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "question" ADD CONSTRAINT "question_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "question" ADD CONSTRAINT "question_team_id_team_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."team"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "report" ADD CONSTRAINT "report_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "report" ADD CONSTRAINT "report_team_id_team_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."team"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."account"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "team" ADD CONSTRAINT "team_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "team" ADD CONSTRAINT "team_organisation_id_organisation_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisation"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "account_email" ON "account" USING btree (lower("email"));--> statement-breakpoint
CREATE INDEX "command_result_at" ON "command_result" USING btree ("at");--> statement-breakpoint
CREATE INDEX "delivery_changed" ON "delivery" USING btree ("exercise_id","changed");--> statement-breakpoint
CREATE INDEX "delivery_team" ON "delivery" USING btree ("team_id");--> statement-breakpoint
CREATE INDEX "document_exercise" ON "document" USING btree ("exercise_id");--> statement-breakpoint
CREATE UNIQUE INDEX "document_open_segment" ON "document" USING btree ("timeline") WHERE "document"."timeline" is not null and "document"."closed_at" is null;--> statement-breakpoint
CREATE INDEX "fact_team" ON "fact" USING btree ("exercise_id","team_id","sequence");--> statement-breakpoint
CREATE INDEX "fact_kind" ON "fact" USING btree ("exercise_id","kind");--> statement-breakpoint
CREATE INDEX "hot_wash_card_team" ON "hot_wash_card" USING btree ("team_id");--> statement-breakpoint
CREATE INDEX "inject_due" ON "inject" USING btree ("exercise_id","state","due_at");--> statement-breakpoint
CREATE INDEX "inject_changed" ON "inject" USING btree ("exercise_id","changed");--> statement-breakpoint
CREATE INDEX "membership_account" ON "membership" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "membership_team" ON "membership" USING btree ("team_id");--> statement-breakpoint
CREATE INDEX "question_open" ON "question" USING btree ("exercise_id","answered_at");--> statement-breakpoint
CREATE INDEX "session_user" ON "session" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "team_name" ON "team" USING btree ("exercise_id",lower("name"));