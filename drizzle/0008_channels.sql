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
ALTER TABLE "channel" ADD COLUMN "standard" text;--> statement-breakpoint
ALTER TABLE "channel" ADD COLUMN "mode" jsonb;--> statement-breakpoint
ALTER TABLE "channel" ADD COLUMN "duty" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "channel" ADD COLUMN "opened_by" text;--> statement-breakpoint
ALTER TABLE "working_record" ADD COLUMN "others" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "channel_file" ADD CONSTRAINT "channel_file_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "channel_file" ADD CONSTRAINT "channel_file_channel_id_channel_id_fk" FOREIGN KEY ("channel_id") REFERENCES "public"."channel"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "channel_file" ADD CONSTRAINT "channel_file_uploaded_by_account_id_fk" FOREIGN KEY ("uploaded_by") REFERENCES "public"."account"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "channel_message" ADD CONSTRAINT "channel_message_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "channel_message" ADD CONSTRAINT "channel_message_channel_id_channel_id_fk" FOREIGN KEY ("channel_id") REFERENCES "public"."channel"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "channel_message" ADD CONSTRAINT "channel_message_author_id_account_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."account"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "channel_message" ADD CONSTRAINT "channel_message_team_id_team_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."team"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "channel_file_channel" ON "channel_file" USING btree ("channel_id");--> statement-breakpoint
CREATE INDEX "channel_file_exercise" ON "channel_file" USING btree ("exercise_id","uploaded_by");--> statement-breakpoint
CREATE INDEX "channel_file_sha256" ON "channel_file" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "channel_message_mentions" ON "channel_message" USING gin ("mentions");--> statement-breakpoint
CREATE INDEX "channel_message_channel" ON "channel_message" USING btree ("channel_id","sequence");--> statement-breakpoint
CREATE INDEX "channel_message_quoted" ON "channel_message" USING gin ("quoted");--> statement-breakpoint
ALTER TABLE "channel" ADD CONSTRAINT "channel_opened_by_account_id_fk" FOREIGN KEY ("opened_by") REFERENCES "public"."account"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "channel_standard" ON "channel" USING btree ("exercise_id","standard") WHERE "channel"."standard" is not null and "channel"."closed_at" is null;