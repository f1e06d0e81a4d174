CREATE TABLE "looked" (
	"account_id" text NOT NULL,
	"exercise_id" text NOT NULL,
	"room" text NOT NULL,
	"looked_at" timestamp with time zone NOT NULL,
	CONSTRAINT "looked_account_id_exercise_id_room_pk" PRIMARY KEY("account_id","exercise_id","room")
);
--> statement-breakpoint
ALTER TABLE "looked" ADD CONSTRAINT "looked_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "looked" ADD CONSTRAINT "looked_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;