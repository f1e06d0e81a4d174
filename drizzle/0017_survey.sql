CREATE TABLE "country_erasure" (
	"exercise_id" text NOT NULL,
	"country" text NOT NULL,
	"erase_on" date NOT NULL,
	"reason" text NOT NULL,
	"erased_at" timestamp with time zone,
	"people" integer,
	CONSTRAINT "country_erasure_exercise_id_country_pk" PRIMARY KEY("exercise_id","country")
);
--> statement-breakpoint
CREATE TABLE "survey" (
	"exercise_id" text PRIMARY KEY NOT NULL,
	"code" text NOT NULL,
	"state" text DEFAULT 'draft' NOT NULL,
	"title" text NOT NULL,
	"anonymity" text NOT NULL,
	"questions" jsonb NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"opened_at" timestamp with time zone,
	"closed_at" timestamp with time zone,
	"summary" text,
	CONSTRAINT "survey_code_unique" UNIQUE("code")
);
--> statement-breakpoint
CREATE TABLE "survey_answer" (
	"id" text PRIMARY KEY NOT NULL,
	"exercise_id" text NOT NULL,
	"answers" jsonb NOT NULL,
	"country" text,
	"level" text,
	"role" text,
	"account_id" text,
	"by_name" text,
	"receipt" text
);
--> statement-breakpoint
CREATE TABLE "survey_answered" (
	"exercise_id" text NOT NULL,
	"account_id" text NOT NULL,
	CONSTRAINT "survey_answered_exercise_id_account_id_pk" PRIMARY KEY("exercise_id","account_id")
);
--> statement-breakpoint
ALTER TABLE "country_erasure" ADD CONSTRAINT "country_erasure_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "survey" ADD CONSTRAINT "survey_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "survey_answer" ADD CONSTRAINT "survey_answer_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "survey_answer" ADD CONSTRAINT "survey_answer_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "survey_answered" ADD CONSTRAINT "survey_answered_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "survey_answered" ADD CONSTRAINT "survey_answered_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "survey_answer_exercise" ON "survey_answer" USING btree ("exercise_id");