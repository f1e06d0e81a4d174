CREATE TABLE "looked" (
	"account_id" text NOT NULL,
	"exercise_id" text NOT NULL,
	"room" text NOT NULL,
	"looked_at" timestamp with time zone NOT NULL,
	CONSTRAINT "looked_account_id_exercise_id_room_pk" PRIMARY KEY("account_id","exercise_id","room")
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
ALTER TABLE "looked" ADD CONSTRAINT "looked_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "looked" ADD CONSTRAINT "looked_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "team_file" ADD CONSTRAINT "team_file_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "team_file" ADD CONSTRAINT "team_file_team_id_team_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."team"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "team_file" ADD CONSTRAINT "team_file_uploaded_by_account_id_fk" FOREIGN KEY ("uploaded_by") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "team_file_team" ON "team_file" USING btree ("team_id");--> statement-breakpoint
CREATE INDEX "team_file_sha256" ON "team_file" USING btree ("sha256");