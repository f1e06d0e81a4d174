CREATE UNLOGGED TABLE "connected" (
	"node" text NOT NULL,
	"exercise_id" text NOT NULL,
	"accounts" text[] NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "connected_node_exercise_id_pk" PRIMARY KEY("node","exercise_id")
);
--> statement-breakpoint
CREATE INDEX "connected_exercise" ON "connected" USING btree ("exercise_id");