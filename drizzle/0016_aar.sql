CREATE TABLE "contribution" (
	"exercise_id" text NOT NULL,
	"country" text NOT NULL,
	"version" integer NOT NULL,
	"content" jsonb NOT NULL,
	CONSTRAINT "contribution_exercise_id_country_version_pk" PRIMARY KEY("exercise_id","country","version")
);
--> statement-breakpoint
CREATE TABLE "report_version" (
	"exercise_id" text NOT NULL,
	"number" integer NOT NULL,
	"extent" text NOT NULL,
	"country" text,
	"tlp" text NOT NULL,
	"sha256" text NOT NULL,
	"data_sha256" text NOT NULL,
	"docx_sha256" text NOT NULL,
	"pdf_sha256" text NOT NULL,
	"data" "bytea",
	"docx" "bytea",
	"pdf" "bytea",
	"refs" jsonb NOT NULL,
	"sign_offs" jsonb NOT NULL,
	"missing" jsonb NOT NULL,
	"frozen_by" text,
	"frozen_by_name" text NOT NULL,
	"frozen_at" timestamp with time zone NOT NULL,
	CONSTRAINT "report_version_exercise_id_number_pk" PRIMARY KEY("exercise_id","number")
);
--> statement-breakpoint
ALTER TABLE "contribution" ADD CONSTRAINT "contribution_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "report_version" ADD CONSTRAINT "report_version_exercise_id_exercise_id_fk" FOREIGN KEY ("exercise_id") REFERENCES "public"."exercise"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "report_version" ADD CONSTRAINT "report_version_frozen_by_account_id_fk" FOREIGN KEY ("frozen_by") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
-- Exercises and countries that are there already get the pages of the report, as new ones do.
insert into document (name, exercise_id, server_client)
select 'exercise/' || id || '/report', id, 1 + floor(random() * 4294967294)::bigint
from exercise
on conflict (name) do nothing;--> statement-breakpoint
insert into document (name, exercise_id, server_client)
select distinct 'exercise/' || exercise_id || '/contribution/' || substring(name from '[^/]+$'), exercise_id, 1 + floor(random() * 4294967294)::bigint
from document
where name like '%/script/__'
on conflict (name) do nothing;
