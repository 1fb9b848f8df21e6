-- The bookkeeping of migrations lives in this schema too, so it is there before the first migration runs.
CREATE SCHEMA IF NOT EXISTS "flashgate";
--> statement-breakpoint
CREATE TABLE "flashgate"."buyers" (
	"sale_id" text COLLATE "C" NOT NULL,
	"user_id" text COLLATE "C" NOT NULL,
	"units" integer NOT NULL,
	CONSTRAINT "buyers_pkey" PRIMARY KEY("sale_id","user_id"),
	CONSTRAINT "buyers_units" CHECK ("flashgate"."buyers"."units" >= 0)
);
--> statement-breakpoint
CREATE TABLE "flashgate"."checkout_attempts" (
	"sale_id" text COLLATE "C" NOT NULL,
	"checkout_id" uuid,
	"user_id" text COLLATE "C" NOT NULL,
	"units" integer NOT NULL,
	"outcome" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "checkout_attempts_accepted" CHECK (("flashgate"."checkout_attempts"."outcome" = 'held') = ("flashgate"."checkout_attempts"."checkout_id" is not null))
);
--> statement-breakpoint
CREATE TABLE "flashgate"."checkout_lines" (
	"sale_id" text COLLATE "C" NOT NULL,
	"checkout_id" uuid NOT NULL,
	"item_id" text COLLATE "C" NOT NULL,
	"quantity" integer NOT NULL,
	CONSTRAINT "checkout_lines_pkey" PRIMARY KEY("sale_id","checkout_id","item_id"),
	CONSTRAINT "checkout_lines_quantity" CHECK ("flashgate"."checkout_lines"."quantity" > 0)
);
--> statement-breakpoint
CREATE TABLE "flashgate"."checkouts" (
	"sale_id" text COLLATE "C" NOT NULL,
	"id" uuid NOT NULL,
	"user_id" text COLLATE "C" NOT NULL,
	"units" integer NOT NULL,
	"mode" text,
	"key" text COLLATE "C" NOT NULL,
	"fingerprint" text COLLATE "C" NOT NULL,
	"deadline" timestamp (3) with time zone,
	"epoch" integer NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"reserved_at" timestamp (3) with time zone,
	"decided_at" timestamp (3) with time zone,
	CONSTRAINT "checkouts_pkey" PRIMARY KEY("sale_id","id"),
	CONSTRAINT "checkouts_state" CHECK ("flashgate"."checkouts"."state" in ('held', 'confirmed', 'rejected', 'expired', 'cancelled')),
	CONSTRAINT "checkouts_reason_values" CHECK ("flashgate"."checkouts"."reason" in ('gate_lost', 'key_reused', 'user_limit', 'sold_out')),
	CONSTRAINT "checkouts_reason" CHECK (("flashgate"."checkouts"."state" = 'rejected') = ("flashgate"."checkouts"."reason" is not null)),
	CONSTRAINT "checkouts_decided" CHECK (("flashgate"."checkouts"."state" <> 'held') = ("flashgate"."checkouts"."decided_at" is not null)),
	CONSTRAINT "checkouts_mode_values" CHECK ("flashgate"."checkouts"."mode" in ('cart', 'submitted', 'lapsed')),
	CONSTRAINT "checkouts_mode" CHECK (("flashgate"."checkouts"."state" = 'held') = ("flashgate"."checkouts"."mode" is not null)),
	CONSTRAINT "checkouts_held_deadline" CHECK ("flashgate"."checkouts"."state" <> 'held' or "flashgate"."checkouts"."deadline" is not null),
	CONSTRAINT "checkouts_taking" CHECK ("flashgate"."checkouts"."state" not in ('held', 'confirmed') or ("flashgate"."checkouts"."units" > 0 and "flashgate"."checkouts"."reserved_at" is not null)),
	CONSTRAINT "checkouts_units" CHECK ("flashgate"."checkouts"."units" >= 0 and "flashgate"."checkouts"."epoch" >= 0)
);
--> statement-breakpoint
CREATE TABLE "flashgate"."items" (
	"sale_id" text COLLATE "C" NOT NULL,
	"id" text COLLATE "C" NOT NULL,
	"position" integer NOT NULL,
	"name" text NOT NULL,
	"image_url" text NOT NULL,
	"price_minor" integer NOT NULL,
	"stock" integer NOT NULL,
	"sold" integer DEFAULT 0 NOT NULL,
	"held" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "items_pkey" PRIMARY KEY("sale_id","id"),
	CONSTRAINT "items_offer" CHECK ("flashgate"."items"."position" > 0 and "flashgate"."items"."stock" > 0 and "flashgate"."items"."price_minor" >= 0),
	CONSTRAINT "items_units" CHECK ("flashgate"."items"."sold" >= 0 and "flashgate"."items"."held" >= 0 and "flashgate"."items"."sold" + "flashgate"."items"."held" <= "flashgate"."items"."stock")
);
--> statement-breakpoint
CREATE TABLE "flashgate"."sales" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"opens_at" timestamp (3) with time zone NOT NULL,
	"closes_at" timestamp (3) with time zone NOT NULL,
	"settle_until" timestamp (3) with time zone NOT NULL,
	"total_items" integer NOT NULL,
	"items_sold" integer DEFAULT 0 NOT NULL,
	"items_held" integer DEFAULT 0 NOT NULL,
	"limit_per_user" integer NOT NULL,
	"epoch" integer DEFAULT 0 NOT NULL,
	"open_epoch" integer DEFAULT 0 NOT NULL,
	"state" text DEFAULT 'scheduled' NOT NULL,
	"paused" boolean DEFAULT false NOT NULL,
	"closed_at" timestamp (3) with time zone,
	CONSTRAINT "sales_window" CHECK ("flashgate"."sales"."opens_at" < "flashgate"."sales"."closes_at" and "flashgate"."sales"."closes_at" <= "flashgate"."sales"."settle_until"),
	CONSTRAINT "sales_limit" CHECK ("flashgate"."sales"."limit_per_user" > 0),
	CONSTRAINT "sales_units" CHECK ("flashgate"."sales"."items_sold" >= 0 and "flashgate"."sales"."items_held" >= 0 and "flashgate"."sales"."items_sold" + "flashgate"."sales"."items_held" <= "flashgate"."sales"."total_items"),
	CONSTRAINT "sales_state" CHECK ("flashgate"."sales"."state" in ('scheduled', 'recovering', 'open', 'closed')),
	CONSTRAINT "sales_epochs" CHECK (0 <= "flashgate"."sales"."open_epoch" and "flashgate"."sales"."open_epoch" <= "flashgate"."sales"."epoch"),
	CONSTRAINT "sales_open_epoch" CHECK ("flashgate"."sales"."state" <> 'open' or "flashgate"."sales"."open_epoch" = "flashgate"."sales"."epoch"),
	CONSTRAINT "sales_scheduled_epoch" CHECK ("flashgate"."sales"."state" <> 'scheduled' or "flashgate"."sales"."epoch" = 0),
	CONSTRAINT "sales_closed_at" CHECK (("flashgate"."sales"."state" = 'closed') = ("flashgate"."sales"."closed_at" is not null)),
	CONSTRAINT "sales_closed_empty" CHECK ("flashgate"."sales"."state" <> 'closed' or "flashgate"."sales"."items_held" = 0)
);
--> statement-breakpoint
CREATE UNIQUE INDEX "checkout_attempts_accepted_once" ON "flashgate"."checkout_attempts" USING btree ("sale_id","checkout_id") WHERE "flashgate"."checkout_attempts"."checkout_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "checkouts_key" ON "flashgate"."checkouts" USING btree ("sale_id","user_id","key") WHERE "flashgate"."checkouts"."state" in ('held', 'confirmed') and "flashgate"."checkouts"."key" <> '';--> statement-breakpoint
CREATE INDEX "checkouts_held" ON "flashgate"."checkouts" USING btree ("sale_id","id") WHERE "flashgate"."checkouts"."state" = 'held';--> statement-breakpoint
CREATE INDEX "sales_by_window" ON "flashgate"."sales" USING btree ("opens_at","id");