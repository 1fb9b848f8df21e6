ALTER TABLE "flashgate"."sales" ADD COLUMN "attempts" text DEFAULT 'all' NOT NULL;--> statement-breakpoint
ALTER TABLE "flashgate"."sales" ADD CONSTRAINT "sales_attempts" CHECK ("flashgate"."sales"."attempts" in ('all', 'accepted', 'off'));
