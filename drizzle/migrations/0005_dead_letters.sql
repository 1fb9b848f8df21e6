CREATE TABLE "flashgate"."dead_letters" (
	"sale_id" text COLLATE "C" NOT NULL,
	"checkout_id" text COLLATE "C" NOT NULL,
	"user_id" text COLLATE "C" NOT NULL,
	"epoch" integer NOT NULL,
	"cause" text NOT NULL,
	"tries" integer NOT NULL,
	"first_failed_at" timestamp (3) with time zone NOT NULL,
	"last_failed_at" timestamp (3) with time zone NOT NULL,
	"dead_at" timestamp (3) with time zone,
	CONSTRAINT "dead_letters_pkey" PRIMARY KEY("sale_id","checkout_id"),
	CONSTRAINT "dead_letters_tries" CHECK ("flashgate"."dead_letters"."tries" > 0),
	CONSTRAINT "dead_letters_times" CHECK ("flashgate"."dead_letters"."first_failed_at" <= "flashgate"."dead_letters"."last_failed_at")
);
