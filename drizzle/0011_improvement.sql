CREATE TABLE "improvement_action" (
	"id" text PRIMARY KEY NOT NULL,
	"country" text NOT NULL,
	"title" text NOT NULL,
	"text" text DEFAULT '' NOT NULL,
	"owner_organisation" text NOT NULL,
	"owner_id" text,
	"owners" text[] DEFAULT '{}'::text[] NOT NULL,
	"capability" text NOT NULL,
	"element" text NOT NULL,
	"priority" text NOT NULL,
	"start_on" date,
	"due_on" date,
	"success_measure" text DEFAULT '' NOT NULL,
	"verification_method" text DEFAULT '' NOT NULL,
	"tlp" text NOT NULL,
	"state" text DEFAULT 'proposed' NOT NULL,
	"deferred_until" date,
	"implemented_by" text,
	"source" text NOT NULL,
	"source_title" text NOT NULL,
	"source_exercise" text,
	"source_exercise_name" text,
	"source_finding" text,
	"proposed_by" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "improvement_calendar" (
	"account_id" text PRIMARY KEY NOT NULL,
	"token_hash" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "improvement_calendar_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "improvement_event" (
	"sequence" bigserial PRIMARY KEY NOT NULL,
	"subject" text NOT NULL,
	"kind" text NOT NULL,
	"actor_id" text,
	"detail" jsonb NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "improvement_reminder" (
	"account_id" text PRIMARY KEY NOT NULL,
	"sent_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "improvement_role" (
	"account_id" text NOT NULL,
	"country" text NOT NULL,
	"role" text NOT NULL,
	"created_by" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "improvement_role_account_id_country_pk" PRIMARY KEY("account_id","country")
);
--> statement-breakpoint
CREATE TABLE "improvement_sharing" (
	"country" text PRIMARY KEY NOT NULL,
	"level" text DEFAULT 'private' NOT NULL,
	"offers_planners" boolean DEFAULT false NOT NULL,
	"changed_by" text,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lesson" (
	"id" text PRIMARY KEY NOT NULL,
	"country" text NOT NULL,
	"title" text NOT NULL,
	"text" text DEFAULT '' NOT NULL,
	"capability" text NOT NULL,
	"tlp" text NOT NULL,
	"state" text DEFAULT 'observed' NOT NULL,
	"implemented_by" text,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL,
	"search" "tsvector" GENERATED ALWAYS AS (setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('simple', text), 'B') || setweight(to_tsvector('english', text), 'B')) STORED NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lesson_action" (
	"lesson_id" text NOT NULL,
	"action_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "lesson_action_lesson_id_action_id_pk" PRIMARY KEY("lesson_id","action_id")
);
--> statement-breakpoint
CREATE TABLE "lesson_retest" (
	"id" text PRIMARY KEY NOT NULL,
	"lesson_id" text NOT NULL,
	"exercise" text NOT NULL,
	"cell" text NOT NULL,
	"inject" text NOT NULL,
	"linked_by" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"rating" text,
	"rated_by" text,
	"rated_at" timestamp with time zone,
	CONSTRAINT "lesson_retest_inject" UNIQUE("lesson_id","exercise","inject")
);
--> statement-breakpoint
CREATE TABLE "lesson_source" (
	"lesson_id" text NOT NULL,
	"exercise" text NOT NULL,
	"exercise_name" text NOT NULL,
	"finding" text NOT NULL,
	"finding_title" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "lesson_source_lesson_id_exercise_finding_pk" PRIMARY KEY("lesson_id","exercise","finding")
);
--> statement-breakpoint
ALTER TABLE "improvement_action" ADD CONSTRAINT "improvement_action_owner_id_account_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "improvement_action" ADD CONSTRAINT "improvement_action_implemented_by_account_id_fk" FOREIGN KEY ("implemented_by") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "improvement_action" ADD CONSTRAINT "improvement_action_proposed_by_account_id_fk" FOREIGN KEY ("proposed_by") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "improvement_calendar" ADD CONSTRAINT "improvement_calendar_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "improvement_event" ADD CONSTRAINT "improvement_event_actor_id_account_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "improvement_reminder" ADD CONSTRAINT "improvement_reminder_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "improvement_role" ADD CONSTRAINT "improvement_role_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "improvement_role" ADD CONSTRAINT "improvement_role_created_by_account_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "improvement_sharing" ADD CONSTRAINT "improvement_sharing_changed_by_account_id_fk" FOREIGN KEY ("changed_by") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lesson" ADD CONSTRAINT "lesson_implemented_by_account_id_fk" FOREIGN KEY ("implemented_by") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lesson" ADD CONSTRAINT "lesson_created_by_account_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lesson_action" ADD CONSTRAINT "lesson_action_lesson_id_lesson_id_fk" FOREIGN KEY ("lesson_id") REFERENCES "public"."lesson"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lesson_action" ADD CONSTRAINT "lesson_action_action_id_improvement_action_id_fk" FOREIGN KEY ("action_id") REFERENCES "public"."improvement_action"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lesson_retest" ADD CONSTRAINT "lesson_retest_lesson_id_lesson_id_fk" FOREIGN KEY ("lesson_id") REFERENCES "public"."lesson"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lesson_retest" ADD CONSTRAINT "lesson_retest_linked_by_account_id_fk" FOREIGN KEY ("linked_by") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lesson_retest" ADD CONSTRAINT "lesson_retest_rated_by_account_id_fk" FOREIGN KEY ("rated_by") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lesson_source" ADD CONSTRAINT "lesson_source_lesson_id_lesson_id_fk" FOREIGN KEY ("lesson_id") REFERENCES "public"."lesson"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "improvement_action_country" ON "improvement_action" USING btree ("country","state");--> statement-breakpoint
CREATE INDEX "improvement_action_owner" ON "improvement_action" USING btree ("owner_id");--> statement-breakpoint
CREATE INDEX "improvement_event_subject" ON "improvement_event" USING btree ("subject","sequence");--> statement-breakpoint
CREATE INDEX "improvement_role_country" ON "improvement_role" USING btree ("country");--> statement-breakpoint
CREATE INDEX "lesson_country" ON "lesson" USING btree ("country","state");--> statement-breakpoint
CREATE INDEX "lesson_search" ON "lesson" USING gin ("search");--> statement-breakpoint
CREATE INDEX "lesson_action_action" ON "lesson_action" USING btree ("action_id");--> statement-breakpoint
CREATE INDEX "lesson_retest_exercise" ON "lesson_retest" USING btree ("exercise");