ALTER TABLE "exercise" ADD COLUMN "erase_on" date;--> statement-breakpoint
ALTER TABLE "exercise" ADD COLUMN "erase_reason" text;--> statement-breakpoint
ALTER TABLE "exercise" ADD COLUMN "erased_at" timestamp with time zone;