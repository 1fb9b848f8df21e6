-- Room for the next versions of a row on its own page: a counter then moves without touching an index (HOT).
-- The sales row is rewritten by every page of checkouts, each item at least once a sale, a buyer a few times.
ALTER TABLE "flashgate"."sales" SET (fillfactor = 10);--> statement-breakpoint
ALTER TABLE "flashgate"."items" SET (fillfactor = 50);--> statement-breakpoint
ALTER TABLE "flashgate"."buyers" SET (fillfactor = 70);
