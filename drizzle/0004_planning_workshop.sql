CREATE TABLE "action_mark" (
	"inject_id" text NOT NULL,
	"action" text NOT NULL,
	"team_id" text NOT NULL,
	"at" bigint NOT NULL,
	"by_name" text NOT NULL,
	CONSTRAINT "action_mark_inject_id_action_team_id_pk" PRIMARY KEY("inject_id","action","team_id")
);
--> statement-breakpoint
CREATE TABLE "attachment" (
	"id" text PRIMARY KEY NOT NULL,
	"exercise_id" text NOT NULL,
	"cell" text NOT NULL,
	"sha256" text NOT NULL,
	"name" text NOT NULL,
	"media_type" text NOT NULL,
	"bytes" integer NOT NULL,
	"uploaded_by" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "attachment_grant" (
	"id" text PRIMARY KEY NOT NULL,
	"attachment_id" text NOT NULL,
	"delivery_id" text NOT NULL,
	CONSTRAINT "attachment_grant_once" UNIQUE("delivery_id","attachment_id")
);
--> statement-breakpoint
CREATE TABLE "communication_answer" (
	"check_id" text NOT NULL,
	"account_id" text NOT NULL,
	"reminded_at" timestamp with time zone,
	"confirmed_at" timestamp with time zone,
	CONSTRAINT "communication_answer_check_id_account_id_pk" PRIMARY KEY("check_id","account_id")
);
--> statement-breakpoint
CREATE TABLE "communication_check" (
	"id" text PRIMARY KEY NOT NULL,
	"exercise_id" text NOT NULL,
	"text" text NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"started_by" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "go_item" (
	"id" text PRIMARY KEY NOT NULL,
	"exercise_id" text NOT NULL,
	"text" text NOT NULL,
	"owner_id" text,
	"owner_name" text NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"position" integer NOT NULL,
	"decided_by" text,
	"decided_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "import_mapping" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"name" text NOT NULL,
	"mapping" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "inject_clause" (
	"inject_id" text NOT NULL,
	"refers_to" text NOT NULL,
	CONSTRAINT "inject_clause_inject_id_refers_to_pk" PRIMARY KEY("inject_id","refers_to")
);
--> statement-breakpoint
CREATE TABLE "inject_comment" (
	"id" text PRIMARY KEY NOT NULL,
	"exercise_id" text NOT NULL,
	"cell" text NOT NULL,
	"inject_id" text NOT NULL,
	"author_id" text,
	"author_name" text NOT NULL,
	"text" text NOT NULL,
	"mentions" text[] NOT NULL,
	"resolved_at" timestamp with time zone,
	"resolved_by" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "library_item" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"title" text NOT NULL,
	"summary" text NOT NULL,
	"tags" text[] NOT NULL,
	"tlp" text NOT NULL,
	"content" jsonb NOT NULL,
	"source_exercise_id" text,
	"created_by" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "mail" (
	"id" text PRIMARY KEY NOT NULL,
	"exercise_id" text,
	"kind" text NOT NULL,
	"once" text NOT NULL,
	"to_address" text NOT NULL,
	"subject" text NOT NULL,
	"body" text NOT NULL,
	"state" text DEFAULT 'queued' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_error" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"sent_at" timestamp with time zone,
	CONSTRAINT "mail_once_unique" UNIQUE("once")
);
--> statement-breakpoint
CREATE TABLE "team_due" (
	"inject_id" text NOT NULL,
	"team_id" text NOT NULL,
	"exercise_id" text NOT NULL,
	"due_at" bigint NOT NULL,
	CONSTRAINT "team_due_inject_id_team_id_pk" PRIMARY KEY("inject_id","team_id")
);
--> statement-breakpoint
ALTER TABLE "exercise" ADD COLUMN "rehearsal_of" text;--> statement-breakpoint
ALTER TABLE "inject" ADD COLUMN "variant_of" text;--> statement-breakpoint
ALTER TABLE "team" ADD COLUMN "language" text;--> statement-breakpoint
ALTER TABLE "action_mark" ADD CONSTRAINT "action_mark_inject_id_inject_id_fk" FOREIGN KEY ("inject_id") REFERENCES "public"."inject"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "action_mark" ADD CONSTRAINT "action_mark_team_id_team_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."team"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attachment" ADD CONSTRAINT "attachment_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attachment" ADD CONSTRAINT "attachment_uploaded_by_account_id_fk" FOREIGN KEY ("uploaded_by") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attachment_grant" ADD CONSTRAINT "attachment_grant_attachment_id_attachment_id_fk" FOREIGN KEY ("attachment_id") REFERENCES "public"."attachment"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attachment_grant" ADD CONSTRAINT "attachment_grant_delivery_id_delivery_id_fk" FOREIGN KEY ("delivery_id") REFERENCES "public"."delivery"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "communication_answer" ADD CONSTRAINT "communication_answer_check_id_communication_check_id_fk" FOREIGN KEY ("check_id") REFERENCES "public"."communication_check"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "communication_answer" ADD CONSTRAINT "communication_answer_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "communication_check" ADD CONSTRAINT "communication_check_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "communication_check" ADD CONSTRAINT "communication_check_started_by_account_id_fk" FOREIGN KEY ("started_by") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "go_item" ADD CONSTRAINT "go_item_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "go_item" ADD CONSTRAINT "go_item_owner_id_account_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."account"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "import_mapping" ADD CONSTRAINT "import_mapping_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inject_clause" ADD CONSTRAINT "inject_clause_inject_id_inject_id_fk" FOREIGN KEY ("inject_id") REFERENCES "public"."inject"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inject_comment" ADD CONSTRAINT "inject_comment_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inject_comment" ADD CONSTRAINT "inject_comment_author_id_account_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "library_item" ADD CONSTRAINT "library_item_source_exercise_id_exercise_id_fk" FOREIGN KEY ("source_exercise_id") REFERENCES "public"."exercise"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "library_item" ADD CONSTRAINT "library_item_created_by_account_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mail" ADD CONSTRAINT "mail_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "team_due" ADD CONSTRAINT "team_due_inject_id_inject_id_fk" FOREIGN KEY ("inject_id") REFERENCES "public"."inject"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "team_due" ADD CONSTRAINT "team_due_team_id_team_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."team"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "attachment_exercise" ON "attachment" USING btree ("exercise_id");--> statement-breakpoint
CREATE INDEX "attachment_sha256" ON "attachment" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "go_item_exercise" ON "go_item" USING btree ("exercise_id");--> statement-breakpoint
CREATE UNIQUE INDEX "import_mapping_name" ON "import_mapping" USING btree ("account_id",lower("name"));--> statement-breakpoint
CREATE INDEX "inject_clause_refers" ON "inject_clause" USING btree ("refers_to");--> statement-breakpoint
CREATE INDEX "inject_comment_inject" ON "inject_comment" USING btree ("exercise_id","inject_id");--> statement-breakpoint
CREATE INDEX "mail_next" ON "mail" USING btree ("state","next_at");--> statement-breakpoint
CREATE INDEX "mail_exercise" ON "mail" USING btree ("exercise_id");--> statement-breakpoint
CREATE INDEX "team_due_next" ON "team_due" USING btree ("exercise_id","due_at");