-- attemptsOf
select "sale_id", "checkout_id", "user_id", "units", "outcome", "at" from "flashgate"."checkout_attempts" where ("flashgate"."checkout_attempts"."sale_id" = $1 and ($2::text is null or "flashgate"."checkout_attempts"."user_id" = $3::text) and ($4::uuid is null or "flashgate"."checkout_attempts"."checkout_id" = $5::uuid) and ($6::timestamptz is null or "flashgate"."checkout_attempts"."at" <= $7::timestamptz)) order by "flashgate"."checkout_attempts"."at" desc, "flashgate"."checkout_attempts"."user_id", "flashgate"."checkout_attempts"."outcome", "flashgate"."checkout_attempts"."checkout_id", "flashgate"."checkout_attempts"."units" limit $8 offset $9;

-- auditAttempts
select count(*)::int from "flashgate"."checkouts" where (("flashgate"."checkouts"."sale_id" = $1 and "flashgate"."checkouts"."state" = 'confirmed') and not exists (select 1 from "flashgate"."checkout_attempts" where ("flashgate"."checkout_attempts"."sale_id" = "flashgate"."checkouts"."sale_id" and "flashgate"."checkout_attempts"."checkout_id" = "flashgate"."checkouts"."id")));

-- auditBuyers
select "user_id", "units" from "flashgate"."buyers" where "flashgate"."buyers"."sale_id" = $1;

-- auditConfirmed
select "user_id", sum("units")::int from "flashgate"."checkouts" where ("flashgate"."checkouts"."sale_id" = $1 and "flashgate"."checkouts"."state" = 'confirmed') group by "flashgate"."checkouts"."user_id";

-- auditHour
select "id" from "flashgate"."sales" where "flashgate"."sales"."opens_at" = $1;

-- auditItems
select "flashgate"."items"."id", "flashgate"."items"."stock", "flashgate"."items"."sold", "flashgate"."items"."held", coalesce("confirmed_units", 0)::int, coalesce("held_units", 0)::int from "flashgate"."items" left join (select "flashgate"."checkout_lines"."item_id", sum("flashgate"."checkout_lines"."quantity") filter (where "flashgate"."checkouts"."state" = 'confirmed') as "confirmed_units", sum("flashgate"."checkout_lines"."quantity") filter (where "flashgate"."checkouts"."state" = 'held') as "held_units" from "flashgate"."checkout_lines" inner join "flashgate"."checkouts" on ("flashgate"."checkouts"."sale_id" = "flashgate"."checkout_lines"."sale_id" and "flashgate"."checkouts"."id" = "flashgate"."checkout_lines"."checkout_id") where "flashgate"."checkout_lines"."sale_id" = $1 group by "flashgate"."checkout_lines"."item_id") "taken" on "taken"."item_id" = "flashgate"."items"."id" where "flashgate"."items"."sale_id" = $2 order by "flashgate"."items"."position" asc;

-- auditKeys
select "user_id", "key", count(*)::int from "flashgate"."checkouts" where ("flashgate"."checkouts"."sale_id" = $1 and "flashgate"."checkouts"."state" in ('held', 'confirmed') and "flashgate"."checkouts"."key" <> '') group by "flashgate"."checkouts"."user_id", "flashgate"."checkouts"."key" having count(*) > 1;

-- auditSale
select "id", "opens_at", "closes_at", "settle_until", "limit_per_user", "total_items", "items_sold", "items_held", "epoch", "open_epoch", "state", "paused", "pause_version", "attempts", "closed_at" from "flashgate"."sales" where "flashgate"."sales"."id" = $1;

-- auditStates
select "flashgate"."checkouts"."state", "flashgate"."checkouts"."reason", count(*)::int, sum("flashgate"."checkouts"."units")::int, min("flashgate"."checkouts"."reserved_at"), max("flashgate"."checkouts"."decided_at"), count(*) filter (where "flashgate"."checkouts"."reserved_at" < "flashgate"."sales"."opens_at" or "flashgate"."checkouts"."reserved_at" >= "flashgate"."sales"."closes_at")::int, count(*) filter (where "flashgate"."checkouts"."decided_at" > "flashgate"."sales"."closed_at")::int from "flashgate"."checkouts" inner join "flashgate"."sales" on "flashgate"."sales"."id" = "flashgate"."checkouts"."sale_id" where "flashgate"."checkouts"."sale_id" = $1 group by "flashgate"."checkouts"."state", "flashgate"."checkouts"."reason";

-- beginRecovery
update "flashgate"."sales" set "epoch" = "flashgate"."sales"."epoch" + 1, "state" = 'recovering' where ("flashgate"."sales"."id" = $1 and "flashgate"."sales"."epoch" = $2::int and "flashgate"."sales"."state" <> 'closed') returning "epoch", "open_epoch";

-- beginRemoval
select begun from flashgate.begin_removal($1::text) as begun;

-- buyersOf
select "user_id", "units" from "flashgate"."buyers" where ("flashgate"."buyers"."sale_id" = $1 and "flashgate"."buyers"."units" > 0);

-- closeSale
update "flashgate"."sales" set "items_held" = 0, "state" = 'closed', "closed_at" = clock_timestamp() where ("flashgate"."sales"."id" = $1 and "flashgate"."sales"."state" <> 'closed' and "flashgate"."sales"."items_held" = $2::int);

-- countDead
select count(*)::int from "flashgate"."dead_letters" inner join "flashgate"."sales" on ("flashgate"."sales"."id" = "flashgate"."dead_letters"."sale_id" and "flashgate"."sales"."state" <> 'closed') left join "flashgate"."checkouts" on ("flashgate"."checkouts"."sale_id" = "flashgate"."dead_letters"."sale_id" and "flashgate"."checkouts"."id" = case when "flashgate"."dead_letters"."checkout_id" ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
  then "flashgate"."dead_letters"."checkout_id"::uuid end and "flashgate"."checkouts"."decided_at" is not null) where ("flashgate"."dead_letters"."dead_at" is not null and "flashgate"."checkouts"."id" is null);

-- deadAmong
select "checkout_id" from "flashgate"."dead_letters" where ("flashgate"."dead_letters"."sale_id" = $1 and "flashgate"."dead_letters"."checkout_id" = any($2::text[]) and "flashgate"."dead_letters"."dead_at" is not null);

-- deadLettersOf
select "flashgate"."dead_letters"."sale_id", "flashgate"."dead_letters"."checkout_id", "flashgate"."dead_letters"."user_id", "flashgate"."dead_letters"."epoch", "flashgate"."dead_letters"."cause", "flashgate"."dead_letters"."tries", "flashgate"."dead_letters"."first_failed_at", "flashgate"."dead_letters"."last_failed_at" from "flashgate"."dead_letters" inner join "flashgate"."sales" on ("flashgate"."sales"."id" = "flashgate"."dead_letters"."sale_id" and "flashgate"."sales"."state" <> 'closed') left join "flashgate"."checkouts" on ("flashgate"."checkouts"."sale_id" = "flashgate"."dead_letters"."sale_id" and "flashgate"."checkouts"."id" = case when "flashgate"."dead_letters"."checkout_id" ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
  then "flashgate"."dead_letters"."checkout_id"::uuid end and "flashgate"."checkouts"."decided_at" is not null) where (("flashgate"."dead_letters"."dead_at" is not null and "flashgate"."checkouts"."id" is null) and ($1::text is null or "flashgate"."dead_letters"."sale_id" = $2::text) and "flashgate"."dead_letters"."checkout_id" > $3::text) order by "flashgate"."dead_letters"."checkout_id" asc limit $4;

-- decideHeld
update "flashgate"."checkouts" set "mode" = null, "state" = verdict.state, "reason" = verdict.reason, "decided_at" = clock_timestamp() from unnest(
    $1::uuid[], $2::text[], $3::text[]
  ) as verdict(id, state, reason) where (("flashgate"."checkouts"."sale_id" = $4 and "flashgate"."checkouts"."decided_at" is null) and "flashgate"."checkouts"."id" = verdict.id) returning "flashgate"."checkouts"."id", "flashgate"."checkouts"."decided_at";

-- deleteLines
delete from "flashgate"."checkout_lines" where ("flashgate"."checkout_lines"."sale_id" = $1 and "flashgate"."checkout_lines"."checkout_id" = any($2::uuid[]));

-- enterCheckouts
with "entered" as (insert into "flashgate"."checkouts" ("sale_id", "id", "user_id", "units", "mode", "key", "fingerprint", "deadline", "epoch", "state", "reason", "reserved_at", "decided_at") 
  select $1, entry.id, entry.user_id, entry.units, entry.mode, entry.key, entry.fingerprint, entry.deadline,
    entry.epoch, entry.state, entry.reason, entry.reserved_at,
    case when entry.state <> 'held' then clock_timestamp() end
  from unnest(
    $2::uuid[], $3::text[],
    $4::int[], $5::text[], $6::text[],
    $7::text[], $8::timestamptz[],
    $9::int[], $10::text[], $11::text[],
    $12::timestamptz[]
  ) as entry(id, user_id, units, mode, key, fingerprint, deadline, epoch, state, reason, reserved_at)
  order by entry.id on conflict do nothing returning "id", "user_id", "units", "reserved_at", "decided_at"), "lines" as (insert into "flashgate"."checkout_lines" ("sale_id", "checkout_id", "item_id", "quantity") 
  select $13, line.checkout_id, line.item_id, line.quantity
  from unnest(
    $14::uuid[], $15::text[],
    $16::int[]
  ) as line(checkout_id, item_id, quantity) join "entered" on "entered"."id" = line.checkout_id returning "item_id"), "attempts" as (insert into "flashgate"."checkout_attempts" ("sale_id", "checkout_id", "user_id", "units", "outcome", "at") 
  select $17, "entered"."id", "entered"."user_id", "entered"."units", 'held',
    coalesce("entered"."reserved_at", clock_timestamp())
  from "entered" where (select "attempts" from "flashgate"."sales" where "flashgate"."sales"."id" = $18) <> 'off' returning "user_id") select "id", "decided_at" from "entered";

-- failureOf
select "sale_id", "checkout_id", "user_id", "epoch", "cause", "tries", "first_failed_at", "last_failed_at" from "flashgate"."dead_letters" where "flashgate"."dead_letters"."checkout_id" = $1 order by "flashgate"."dead_letters"."last_failed_at" desc limit $2;

-- findSale
select "id", "opens_at", "closes_at", "settle_until", "limit_per_user", "total_items", "items_sold", "items_held", "epoch", "open_epoch", "state", "paused", "pause_version", "attempts" from "flashgate"."sales" where "flashgate"."sales"."id" = $1;

-- historyOf
select (extract(epoch from date_trunc('second', "flashgate"."checkouts"."decided_at")) * 1000)::float8, sum("units")::int, percentile_disc(array[0.5, 0.99]) within group (order by (extract(epoch from "flashgate"."checkouts"."decided_at" - "flashgate"."checkouts"."reserved_at") * 1000)::int) from "flashgate"."checkouts" where ("flashgate"."checkouts"."sale_id" = $1 and "flashgate"."checkouts"."state" = $2 and "flashgate"."checkouts"."decided_at" > now() - interval '300 seconds') group by date_trunc('second', "flashgate"."checkouts"."decided_at") order by date_trunc('second', "flashgate"."checkouts"."decided_at");

-- holdsOf
select "id", "user_id", "mode", "key", "fingerprint", "reserved_at", "deadline", (select coalesce(string_agg("item_id" || ':' || "quantity", ',' order by "item_id"), '') from "flashgate"."checkout_lines" where ("flashgate"."checkout_lines"."sale_id" = "flashgate"."checkouts"."sale_id" and "flashgate"."checkout_lines"."checkout_id" = "flashgate"."checkouts"."id")) as "lines" from "flashgate"."checkouts" where ("flashgate"."checkouts"."sale_id" = $1 and "flashgate"."checkouts"."state" = 'held') order by "flashgate"."checkouts"."id" asc;

-- insertItems
insert into "flashgate"."items" ("sale_id", "id", "position", "name", "image_url", "price_minor", "stock", "sold", "held") 
  select $1, item.id, item.position, item.name, item.image_url, item.price_minor, item.stock, 0, 0
  from unnest(
    $2::text[], $3::int[], $4::text[],
    $5::text[], $6::int[], $7::int[]
  ) as item(id, position, name, image_url, price_minor, stock);

-- insertLines
insert into "flashgate"."checkout_lines" ("sale_id", "checkout_id", "item_id", "quantity") 
  select $1, line.checkout_id, line.item_id, line.quantity
  from unnest(
    $2::uuid[], $3::text[],
    $4::int[]
  ) as line(checkout_id, item_id, quantity);

-- insertSale
insert into "flashgate"."sales" ("id", "opens_at", "closes_at", "settle_until", "total_items", "items_sold", "items_held", "limit_per_user", "epoch", "open_epoch", "state", "paused", "pause_version", "closed_at", "attempts") values ($1, $2, $3, $4, $5, default, default, $6, default, default, default, default, default, default, $7) on conflict do nothing returning "id";

-- itemsOf
select "sale_id", "id", "position", "name", "image_url", "price_minor", "stock", "sold", "held" from "flashgate"."items" where "flashgate"."items"."sale_id" = $1 order by "flashgate"."items"."position" asc;

-- keysOf
select distinct on ("flashgate"."checkouts"."user_id", "flashgate"."checkouts"."key") "user_id", "key", "fingerprint", "id" from "flashgate"."checkouts" where ("flashgate"."checkouts"."sale_id" = $1 and "flashgate"."checkouts"."state" <> 'rejected' and "flashgate"."checkouts"."key" <> '') order by "flashgate"."checkouts"."user_id", "flashgate"."checkouts"."key", "flashgate"."checkouts"."state" in ('held', 'confirmed') desc, "flashgate"."checkouts"."id" desc;

-- linesOf
select "id", (select coalesce(string_agg("item_id" || ':' || "quantity", ',' order by "item_id"), '') from "flashgate"."checkout_lines" where ("flashgate"."checkout_lines"."sale_id" = "flashgate"."checkouts"."sale_id" and "flashgate"."checkout_lines"."checkout_id" = "flashgate"."checkouts"."id")) as "lines" from "flashgate"."checkouts" where ("flashgate"."checkouts"."sale_id" = $1 and "flashgate"."checkouts"."id" = any($2::uuid[]));

-- listSales
select "id", "opens_at", "closes_at", "settle_until", "limit_per_user", "total_items", "items_sold", "items_held", "epoch", "open_epoch", "state", "paused", "pause_version", "attempts" from "flashgate"."sales" where ("flashgate"."sales"."state" = any($1::text[]) and ("flashgate"."sales"."opens_at", "flashgate"."sales"."id") <
            (coalesce($2::timestamptz, 'infinity'), coalesce($3::text, ''))) order by "flashgate"."sales"."opens_at" desc, "flashgate"."sales"."id" desc limit $4;

-- listUnsealed
select "id", "opens_at", "closes_at", "settle_until", "limit_per_user", "total_items", "items_sold", "items_held", "epoch", "open_epoch", "state", "paused", "pause_version", "attempts" from "flashgate"."sales" where ("flashgate"."sales"."state" <> 'closed' and "flashgate"."sales"."state" = any($1::text[]) and ("flashgate"."sales"."opens_at", "flashgate"."sales"."id") <
            (coalesce($2::timestamptz, 'infinity'), coalesce($3::text, ''))) order by "flashgate"."sales"."opens_at" desc, "flashgate"."sales"."id" desc limit $4;

-- lockCheckouts
select "id", "state", "reason", "decided_at" from "flashgate"."checkouts" where ("flashgate"."checkouts"."sale_id" = $1 and "flashgate"."checkouts"."id" = any($2::uuid[])) order by "flashgate"."checkouts"."id" asc for update;

-- lockHeld
select "id" from "flashgate"."checkouts" where ("flashgate"."checkouts"."sale_id" = $1 and "flashgate"."checkouts"."state" = 'held') order by "flashgate"."checkouts"."id" asc for update;

-- lockItems
select "id", "stock", "sold", "held" from "flashgate"."items" where ("flashgate"."items"."sale_id" = $1 and "flashgate"."items"."id" = any($2::text[])) order by "flashgate"."items"."id" asc for update;

-- lockSale
select "id", "opens_at", "closes_at", "settle_until", "limit_per_user", "total_items", "items_sold", "items_held", "epoch", "open_epoch", "state", "paused", "pause_version", "attempts" from "flashgate"."sales" where "flashgate"."sales"."id" = $1 for update;

-- lockWindows
select 1 from pg_advisory_xact_lock($1) as locked;

-- moveItems
update "flashgate"."items" set "sold" = "flashgate"."items"."sold" + move.sold, "held" = "flashgate"."items"."held" + move.held from (
    select * from unnest($1::text[], $2::int[], $3::int[])
      as move(id, sold, held)
    order by id collate "C"
  ) as move where ("flashgate"."items"."sale_id" = $4 and "flashgate"."items"."id" = move.id and "flashgate"."items"."sold" + move.sold + "flashgate"."items"."held" + move.held <= "flashgate"."items"."stock");

-- moveSale
update "flashgate"."sales" set "items_sold" = "flashgate"."sales"."items_sold" + $1::int, "items_held" = "flashgate"."sales"."items_held" + $2::int where ("flashgate"."sales"."id" = $3 and "flashgate"."sales"."epoch" = $4::int and "flashgate"."sales"."state" = 'open' and "flashgate"."sales"."items_sold" + $5::int + "flashgate"."sales"."items_held" + $6::int <= "flashgate"."sales"."total_items");

-- nameEnded
update "flashgate"."checkouts" set "key" = hold.key, "fingerprint" = hold.fingerprint from unnest(
    $1::uuid[], $2::text[], $3::text[]
  ) as hold(id, key, fingerprint) where ("flashgate"."checkouts"."sale_id" = $4 and "flashgate"."checkouts"."id" = hold.id and "flashgate"."checkouts"."key" = '' and "flashgate"."checkouts"."state" in ('cancelled', 'expired'));

-- oldestSealed
select "id", "opens_at", "closes_at", "settle_until", "limit_per_user", "total_items", "items_sold", "items_held", "epoch", "open_epoch", "state", "paused", "pause_version", "attempts" from "flashgate"."sales" where ("flashgate"."sales"."state" = 'closed' and "flashgate"."sales"."closed_at" <= clock_timestamp() - $1::float8 * interval '1 millisecond') order by "flashgate"."sales"."opens_at" asc, "flashgate"."sales"."id" asc limit $2;

-- openSale
update "flashgate"."sales" set "items_held" = "flashgate"."sales"."items_held" + $1::int, "open_epoch" = "flashgate"."sales"."epoch", "state" = 'open' where ("flashgate"."sales"."id" = $2 and "flashgate"."sales"."epoch" = $3::int and "flashgate"."sales"."state" = 'recovering') returning "id", "opens_at", "closes_at", "settle_until", "limit_per_user", "total_items", "items_sold", "items_held", "epoch", "open_epoch", "state", "paused", "pause_version", "attempts";

-- orderOf
select "id", "sale_id", (select json_agg(json_build_object('itemId', "flashgate"."checkout_lines"."item_id", 'name', "flashgate"."items"."name",
        'quantity', "flashgate"."checkout_lines"."quantity", 'priceMinor', "flashgate"."items"."price_minor") order by "flashgate"."checkout_lines"."item_id") from "flashgate"."checkout_lines" inner join "flashgate"."items" on ("flashgate"."items"."sale_id" = "flashgate"."checkout_lines"."sale_id" and "flashgate"."items"."id" = "flashgate"."checkout_lines"."item_id") where ("flashgate"."checkout_lines"."sale_id" = "flashgate"."checkouts"."sale_id" and "flashgate"."checkout_lines"."checkout_id" = "flashgate"."checkouts"."id")) as "lines", "reserved_at", "decided_at" from "flashgate"."checkouts" where (("flashgate"."checkouts"."user_id" = $1 and "flashgate"."checkouts"."state" = 'confirmed') and (left("flashgate"."checkouts"."id"::text, 5) collate "C") = (left($2::uuid::text, 5) collate "C") and "flashgate"."checkouts"."id" = $3::uuid);

-- ordersOf
select "page"."id", "page"."sale_id", "lines", "page"."reserved_at", "page"."decided_at" from (
    with recursive span_before(span) as (
      (select (left(id::text, 5) collate "C") from "flashgate"."checkouts"
      where state = 'confirmed' and (left(id::text, 5) collate "C") <= (left(coalesce($1::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)::text, 5) collate "C") order by (left(id::text, 5) collate "C") desc limit 1)
      union all
      select (select (left(id::text, 5) collate "C") from "flashgate"."checkouts"
      where state = 'confirmed' and (left(id::text, 5) collate "C") < span_before.span order by (left(id::text, 5) collate "C") desc limit 1) from span_before where span_before.span is not null
    )
    select span from span_before where span is not null
  ) as spans cross join lateral (select "id", "sale_id", (select json_agg(json_build_object('itemId', "flashgate"."checkout_lines"."item_id", 'name', "flashgate"."items"."name",
        'quantity', "flashgate"."checkout_lines"."quantity", 'priceMinor', "flashgate"."items"."price_minor") order by "flashgate"."checkout_lines"."item_id") from "flashgate"."checkout_lines" inner join "flashgate"."items" on ("flashgate"."items"."sale_id" = "flashgate"."checkout_lines"."sale_id" and "flashgate"."items"."id" = "flashgate"."checkout_lines"."item_id") where ("flashgate"."checkout_lines"."sale_id" = "flashgate"."checkouts"."sale_id" and "flashgate"."checkout_lines"."checkout_id" = "flashgate"."checkouts"."id")) as "lines", "reserved_at", "decided_at" from "flashgate"."checkouts" where (("flashgate"."checkouts"."user_id" = $2 and "flashgate"."checkouts"."state" = 'confirmed') and (left("flashgate"."checkouts"."id"::text, 5) collate "C") = spans.span and "flashgate"."checkouts"."id" < coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)) order by "flashgate"."checkouts"."id" desc limit $4) "page" limit $5;

-- ownersOfKeys
select "flashgate"."checkouts"."user_id", "flashgate"."checkouts"."key", "flashgate"."checkouts"."id" from "flashgate"."checkouts" inner join unnest($1::text[], $2::text[]) as wanted(user_id, key) on "flashgate"."checkouts"."user_id" = wanted.user_id and "flashgate"."checkouts"."key" = wanted.key where ("flashgate"."checkouts"."sale_id" = $3 and "flashgate"."checkouts"."state" in ('held', 'confirmed') and "flashgate"."checkouts"."key" <> '');

-- processes
select substring(application_name from '^flashgate-(\w+)'), count(distinct application_name)::int from pg_catalog.pg_stat_activity where datname = current_database() and application_name ~ '^flashgate-(api|worker|scheduler) ' group by substring(application_name from '^flashgate-(\w+)');

-- progressOf
select "state", "reason", count(*)::int, percentile_disc(array[0.5, 0.99]) within group (order by (extract(epoch from "flashgate"."checkouts"."decided_at" - "flashgate"."checkouts"."reserved_at") * 1000)::int) filter (where "flashgate"."checkouts"."state" = 'confirmed' and "flashgate"."checkouts"."decided_at" > now() - interval '10 seconds') from "flashgate"."checkouts" where "flashgate"."checkouts"."sale_id" = $1 group by "flashgate"."checkouts"."state", "flashgate"."checkouts"."reason";

-- raiseBuyers
insert into "flashgate"."buyers" ("sale_id", "user_id", "units") 
  select $1, buyer.user_id, buyer.units
  from unnest($2::text[], $3::int[]) as buyer(user_id, units)
  where buyer.units <= $4::int
  order by buyer.user_id on conflict ("sale_id","user_id") do update set "units" = "flashgate"."buyers"."units" + excluded.units where "flashgate"."buyers"."units" + excluded.units <= $5::int returning "user_id", "units";

-- recordFailure
insert into "flashgate"."dead_letters" ("sale_id", "checkout_id", "user_id", "epoch", "cause", "tries", "first_failed_at", "last_failed_at", "dead_at") values ($1, $2, $3, $4, $5, 1, now(), now(), default) on conflict ("sale_id","checkout_id") do update set "epoch" = greatest("flashgate"."dead_letters"."epoch", excluded.epoch), "cause" = excluded.cause, "tries" = "flashgate"."dead_letters"."tries" + 1, "last_failed_at" = greatest("flashgate"."dead_letters"."last_failed_at", now()), "dead_at" = case when "flashgate"."dead_letters"."tries" + 1 >= $6::int then now() end returning "tries", "dead_at";

-- recordRefused
insert into "flashgate"."checkout_attempts" ("sale_id", "checkout_id", "user_id", "units", "outcome", "at") 
  select $1, null, attempt.user_id, attempt.units, $2, to_timestamp(attempt.at_ms / 1000.0)
  from unnest(
    $3::text[], $4::int[], $5::float8[]
  ) as attempt(user_id, units, at_ms)
  where exists (select from "flashgate"."sales" where "flashgate"."sales"."id" = $6 and "flashgate"."sales"."attempts" = 'all');

-- recordsOf
select "sale_id", "id", "user_id", "epoch", "state", "reason", "reserved_at", "decided_at", (select coalesce(string_agg("item_id" || ':' || "quantity", ',' order by "item_id"), '') from "flashgate"."checkout_lines" where ("flashgate"."checkout_lines"."sale_id" = "flashgate"."checkouts"."sale_id" and "flashgate"."checkout_lines"."checkout_id" = "flashgate"."checkouts"."id")) as "lines" from "flashgate"."checkouts" where ("flashgate"."checkouts"."sale_id" = $1 and "flashgate"."checkouts"."id" = any($2::uuid[])) order by "flashgate"."checkouts"."id" asc;

-- refreshHeld
update "flashgate"."checkouts" set "units" = hold.units, "mode" = hold.mode, "deadline" = hold.deadline, "epoch" = $1::int from unnest(
    $2::uuid[], $3::int[], $4::text[],
    $5::timestamptz[]
  ) as hold(id, units, mode, deadline) where (("flashgate"."checkouts"."sale_id" = $6 and "flashgate"."checkouts"."decided_at" is null) and "flashgate"."checkouts"."id" = hold.id);

-- releaseSale
update "flashgate"."sales" set "items_held" = "flashgate"."sales"."items_held" - $1::int where ("flashgate"."sales"."id" = $2 and "flashgate"."sales"."epoch" = coalesce($3::int, "flashgate"."sales"."epoch"));

-- removeRows
select of_sale, gone, is_over from flashgate.remove_rows($1::int, $2::float8 * interval '1 millisecond');

-- removedSale
select "id" from "flashgate"."removed_sales" where "flashgate"."removed_sales"."id" = $1;

-- reviveDead
update "flashgate"."dead_letters" set "dead_at" = null where ("flashgate"."dead_letters"."sale_id" = $1 and "flashgate"."dead_letters"."checkout_id" = any($2::text[]));

-- saleBeside
select "id" from "flashgate"."sales" where ("flashgate"."sales"."id" <> $1 and "flashgate"."sales"."opens_at" < $2 and "flashgate"."sales"."closes_at" > $3) order by "flashgate"."sales"."opens_at" desc, "flashgate"."sales"."id" desc limit $4;

-- saleNow
select "id", "opens_at", "closes_at", "settle_until", "limit_per_user", "total_items", "items_sold", "items_held", "epoch", "open_epoch", "state", "paused", "pause_version", "attempts", clock_timestamp() from "flashgate"."sales" where "flashgate"."sales"."id" = $1;

-- saleOf
select "flashgate"."sales"."id" from "flashgate"."sales" inner join "flashgate"."checkouts" on ("flashgate"."checkouts"."sale_id" = "flashgate"."sales"."id" and "flashgate"."checkouts"."id" = $1::uuid) limit $2;

-- setPaused
update "flashgate"."sales" set "paused" = $1::boolean, "pause_version" = "flashgate"."sales"."pause_version" + ("flashgate"."sales"."paused" <> $2::boolean)::int where ("flashgate"."sales"."id" = $3 and "flashgate"."sales"."state" <> 'closed') returning "id", "opens_at", "closes_at", "settle_until", "limit_per_user", "total_items", "items_sold", "items_held", "epoch", "open_epoch", "state", "paused", "pause_version", "attempts";

-- statusOf
select "flashgate"."checkouts"."sale_id", "flashgate"."checkouts"."id", "flashgate"."checkouts"."user_id", "flashgate"."checkouts"."epoch", "flashgate"."checkouts"."state", "flashgate"."checkouts"."reason", "flashgate"."checkouts"."reserved_at", "flashgate"."checkouts"."decided_at", (select coalesce(string_agg("item_id" || ':' || "quantity", ',' order by "item_id"), '') from "flashgate"."checkout_lines" where ("flashgate"."checkout_lines"."sale_id" = "flashgate"."checkouts"."sale_id" and "flashgate"."checkout_lines"."checkout_id" = "flashgate"."checkouts"."id")) as "lines", "flashgate"."sales"."open_epoch", "flashgate"."sales"."state" from "flashgate"."sales" left join "flashgate"."checkouts" on ("flashgate"."checkouts"."sale_id" = "flashgate"."sales"."id" and "flashgate"."checkouts"."id" = $1) where "flashgate"."sales"."id" = $2;

-- stockOf
select "id", "stock" - "sold" - "held" from "flashgate"."items" where "flashgate"."items"."sale_id" = $1 order by "flashgate"."items"."position" asc;
