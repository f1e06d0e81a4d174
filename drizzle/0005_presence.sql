CREATE UNLOGGED TABLE "presence" (
	"node" text NOT NULL,
	"document" text NOT NULL,
	"people" jsonb NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "presence_node_document_pk" PRIMARY KEY("node","document")
);
--> statement-breakpoint
CREATE INDEX "presence_document" ON "presence" USING btree ("document");