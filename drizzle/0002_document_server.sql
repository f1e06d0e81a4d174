-- snapshots are made anew from the log, now with what is asked of them
DELETE FROM "document_snapshot";--> statement-breakpoint
CREATE TABLE "document_client" (
	"document" text NOT NULL,
	"epoch" integer NOT NULL,
	"client" bigint NOT NULL,
	"account" text,
	"session" text,
	CONSTRAINT "document_client_document_epoch_client_pk" PRIMARY KEY("document","epoch","client")
);
--> statement-breakpoint
ALTER TABLE "document" ADD COLUMN "quarantined_sequence" bigint;--> statement-breakpoint
ALTER TABLE "document_snapshot" ADD COLUMN "state_vector" "bytea" NOT NULL;--> statement-breakpoint
ALTER TABLE "document_snapshot" ADD COLUMN "deletes" "bytea" NOT NULL;--> statement-breakpoint
ALTER TABLE "document_client" ADD CONSTRAINT "document_client_document_document_name_fk" FOREIGN KEY ("document") REFERENCES "public"."document"("name") ON DELETE cascade ON UPDATE no action;