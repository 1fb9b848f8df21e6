-- Retention. A sale is removed as a whole: in one step it is taken out of `sales`, through which everything that is read
-- goes, then its rows go, some at a time. Whoever works on the ledger may delete nothing; these two functions may, and
-- they delete only what is of a sale that was sealed.
CREATE TABLE "flashgate"."removed_sales" (
	"id" text COLLATE "C" PRIMARY KEY NOT NULL,
	"closed_at" timestamp (3) with time zone NOT NULL,
	"begun_at" timestamp (3) with time zone NOT NULL,
	"emptied_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "removed_sales_ended" CHECK ("flashgate"."removed_sales"."ended_at" is null or "flashgate"."removed_sales"."emptied_at" is not null)
);
--> statement-breakpoint
-- Rebuilt with the span of time in front: writers wait for it, some seconds for a million orders.
DROP INDEX "flashgate"."checkouts_orders";--> statement-breakpoint
CREATE INDEX "removed_sales_begun" ON "flashgate"."removed_sales" USING btree ("begun_at","id") WHERE "flashgate"."removed_sales"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "checkout_attempts_of_sale" ON "flashgate"."checkout_attempts" USING brin ("sale_id" text_bloom_ops) WITH (pages_per_range=64,autosummarize=true);--> statement-breakpoint
CREATE INDEX "sales_unsealed" ON "flashgate"."sales" USING btree ("opens_at","id") WHERE "flashgate"."sales"."state" <> 'closed';--> statement-breakpoint
CREATE INDEX "checkouts_orders" ON "flashgate"."checkouts" USING btree ((left("id"::text, 5) collate "C"),"user_id","id") WHERE "flashgate"."checkouts"."state" = 'confirmed';
--> statement-breakpoint
-- True where the sale was sealed and is now out of everything that is read.
CREATE FUNCTION "flashgate"."begin_removal"(of_sale text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  WITH gone AS (DELETE FROM flashgate.sales WHERE id = of_sale AND state = 'closed' RETURNING id, closed_at)
  INSERT INTO flashgate.removed_sales (id, closed_at, begun_at) SELECT id, closed_at, clock_timestamp() FROM gone;
  RETURN FOUND;
END $$;
--> statement-breakpoint
-- A step: deletes at most so many rows of the removed sale that was begun first and that nobody else is at. Checkouts go
-- before their lines and items, so that an order is there as it was, or not at all. Without an index no table is walked.
CREATE FUNCTION "flashgate"."remove_rows"(rows_max int, rest interval, OUT of_sale text, OUT gone int, OUT is_over boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
  of_table text;
BEGIN
  SELECT id INTO of_sale FROM flashgate.removed_sales
  WHERE ended_at IS NULL AND (emptied_at IS NULL OR emptied_at <= clock_timestamp() - rest)
  ORDER BY begun_at, id LIMIT 1 FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN RETURN; END IF;
  FOREACH of_table IN ARRAY ARRAY['checkouts', 'checkout_lines', 'checkout_attempts', 'buyers', 'dead_letters', 'items'] LOOP
    EXECUTE format(
      'DELETE FROM flashgate.%1$I WHERE sale_id = $1 AND ctid = ANY (ARRAY(SELECT ctid FROM flashgate.%1$I WHERE sale_id = $1 LIMIT $2))',
      of_table) USING of_sale, rows_max;
    GET DIAGNOSTICS gone = ROW_COUNT;
    EXIT WHEN gone > 0;
  END LOOP;
  is_over := false;
  IF gone > 0 THEN
    UPDATE flashgate.removed_sales SET emptied_at = NULL WHERE id = of_sale AND emptied_at IS NOT NULL;
  ELSE
    -- Cut to the column's precision, never rounded up: what was found empty now is not so later than now.
    UPDATE flashgate.removed_sales
    SET emptied_at = coalesce(emptied_at, date_trunc('milliseconds', clock_timestamp())), ended_at = CASE WHEN emptied_at IS NOT NULL THEN clock_timestamp() END
    WHERE id = of_sale RETURNING ended_at IS NOT NULL INTO is_over;
  END IF;
END $$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "flashgate"."begin_removal"(text), "flashgate"."remove_rows"(int, interval) FROM PUBLIC;
