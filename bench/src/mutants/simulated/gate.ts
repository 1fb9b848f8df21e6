/** Guards of the gate as the adapter in memory mirrors them: lease, epoch, opening and shutting, verdicts and keys. */
import { patch, type SimulatedMutant } from "../mutant.ts";

const GATE = "core/src/testing/memory-gate.ts";
const SERVER = "core/src/testing/memory-server.ts";
const ADMISSION = "core/src/testing/memory-admission.ts";
const OPENING = "core/src/testing/memory-opening.ts";
const RECOVER = "core/src/application/commands/recover-gate.ts";

const META = "if (!sale?.open || sale.epoch !== epoch || !sale.terms || !opening) return SHUT;";
const INSTALL =
  'if (!sale || sale.epoch !== epoch || sale.retired || incarnation !== this.server.incarnation) return "superseded";';
const LEASE_NAME = "return `${saleId} ${epoch}`;";

/** Who may do what under which opening. */
export const LEASE_MUTANTS: readonly SimulatedMutant[] = [
  {
    name: "reload-on-noscript",
    guard: "a script that the server does not know is a shut gate",
    patches: [patch(GATE, "if (!this.server.knows(leaseName(saleId, epoch))) return SHUT;", "")],
  },
  {
    name: "one-lease-for-all-sales",
    guard: "a lease is of one opening of one sale",
    patches: [patch(SERVER, LEASE_NAME, 'return "lease";')],
  },
  {
    name: "lease-without-sale",
    guard: "a lease names its sale",
    patches: [patch(SERVER, LEASE_NAME, "return `${epoch}`;")],
  },
  {
    name: "lease-without-epoch",
    guard: "a lease names its epoch",
    argument:
      "A script of an older opening finds another epoch in meta, and a server that knows an older opening alone has another replication id than the one that meta was opened in.",
    patches: [patch(SERVER, LEASE_NAME, "return saleId;")],
  },
  {
    name: "replication-id-ignored",
    guard: "a gate is open only in the replication history in which it was opened",
    patches: [
      patch(
        GATE,
        "if (!sale?.open || sale.replid !== this.server.replid) return null;",
        "if (!sale?.open) return null;",
      ),
    ],
  },
  {
    name: "no-meta-check",
    guard: "a leased script looks at meta's epoch and at whether it is open",
    patches: [patch(GATE, META, "if (!sale?.terms || !opening) return SHUT;")],
  },
  {
    name: "no-meta-epoch-check",
    guard: "a leased script compares meta's epoch with its own",
    argument:
      "Meta is shut while a newer epoch is being opened, and the step that opens it takes the keys of the opening before away, so a script of an older epoch finds nothing to work on.",
    patches: [patch(GATE, META, "if (!sale?.open || !sale.terms || !opening) return SHUT;")],
  },
  {
    name: "no-meta-open-check",
    guard: "a leased script looks at whether meta is open",
    patches: [patch(GATE, META, "if (sale?.epoch !== epoch || !sale.terms || !opening) return SHUT;")],
  },
  {
    name: "shut-leaves-open",
    guard: "a recovery shuts the gate before it reads what survives",
    patches: [
      patch(GATE, "    sale.epoch = epoch;\n    sale.open = false;\n    return {", "    return {"),
      patch(GATE, INSTALL, `${INSTALL.replace("!==", ">")}\n    sale.epoch = epoch;`),
    ],
  },
  {
    name: "shut-over-newer",
    guard: "an older recovery does not shut a newer gate",
    argument:
      "A gate that an older recovery shuts only refuses: the ledger turns its adoption away, meta names an epoch without a lease, and the next recovery finds the holds of the open epoch where they were.",
    patches: [patch(GATE, 'if (sale.epoch >= epoch) return "superseded";', "")],
  },
  {
    name: "installs-any-epoch",
    guard: "an installation requires meta's epoch to be its own",
    patches: [patch(GATE, INSTALL, INSTALL.replace(" || sale.epoch !== epoch", ""))],
  },
  {
    name: "installs-in-any-life",
    guard: "an installation requires the life of the server in which the survivors were read",
    patches: [patch(GATE, INSTALL, INSTALL.replace(" || incarnation !== this.server.incarnation", ""))],
  },
  {
    name: "installs-over-retired",
    guard: "nothing is installed in a retired gate",
    patches: [patch(GATE, INSTALL, INSTALL.replace(" || sale.retired", ""))],
  },
  {
    name: "survivors-of-any-epoch",
    guard: "only the holds of the open epoch survive",
    patches: [
      patch(
        GATE,
        "holds: [...(sale.openings.get(openEpoch)?.holds.values() ?? [])],",
        "holds: [...sale.openings.values()].flatMap((opening) => [...opening.holds.values()]),",
      ),
    ],
  },
  {
    name: "staged-under-live-names",
    guard: "a snapshot is put together under temporary names",
    patches: [
      patch(
        RECOVER,
        "const installed = await",
        "await parts.opening.install(snapshot, survivors.incarnation);\n  const installed = await",
      ),
      patch(
        GATE,
        "    sale.openings.clear();\n    sale.openings.set(epoch, MemoryOpening.of(snapshot));\n",
        `    const staged = sale.openings.get(epoch);
    if (!staged) {
      sale.openings.set(epoch, MemoryOpening.of(snapshot));
      return "installed";
    }
    sale.openings.clear();
    const opened = MemoryOpening.of(snapshot);
    sale.openings.set(epoch, opened);
    for (const id of opened.holds.keys()) if (!staged.holds.has(id)) opened.holds.delete(id);
`,
      ),
    ],
  },
];

/** What a shopper is promised, and how a promise ends in the gate. */
export const PROMISE_MUTANTS: readonly SimulatedMutant[] = [
  {
    name: "finalise-not-held",
    guard: "a verdict acts on a hold that is still held",
    patches: [
      patch(
        OPENING,
        "    const hold = this.holds.get(checkoutId);\n    if (!hold) return null;\n",
        "    const hold = this.holds.get(checkoutId) ?? this.ended?.get(checkoutId);\n    if (!hold) return null;\n    (this.ended ??= new Map()).set(checkoutId, hold);\n",
      ),
    ],
  },
  {
    name: "key-not-looked-up",
    guard: "an idempotency key answers with its checkout",
    patches: [
      patch(
        ADMISSION,
        'const known = key === "" ? undefined : opening.keys.get(`${userId}|${key}`);',
        "const known = undefined;",
      ),
    ],
  },
  {
    name: "key-any-fingerprint",
    guard: "a key with another request is refused",
    patches: [patch(ADMISSION, 'if (known && known.fingerprint !== fingerprint) return { kind: "key_reused" };', "")],
  },
  {
    name: "key-freed-with-hold",
    guard: "a key goes on answering when its checkout came to nothing",
    patches: [
      patch(
        OPENING,
        "    this.dueAtMs.delete(checkoutId);\n",
        "    this.dueAtMs.delete(checkoutId);\n    if (!confirmed) this.keys.delete(`${hold.userId}|${hold.key}`);\n",
      ),
    ],
  },
  {
    name: "admits-early",
    guard: "nobody is admitted before the window",
    patches: [patch(OPENING, 'if (nowMs < opensAtMs) return { kind: "sale_not_open" };', "")],
  },
  {
    name: "admits-late",
    guard: "nobody is admitted after the window",
    patches: [patch(OPENING, 'return nowMs >= closesAtMs ? { kind: "sale_closed" } : null;', "return null;")],
  },
  {
    name: "gate-past-limit",
    guard: "the gate promises no user more than the limit",
    patches: [patch(OPENING, "if (bought + units > limit) return", "if (units > limit) return")],
  },
  {
    name: "gate-past-item-stock",
    guard: "the gate promises no more of an item than there is",
    patches: [
      patch(
        OPENING,
        'for (const { itemId, quantity } of wanted) if (this.#left(itemId) < quantity) return { kind: "item_taken", itemId };',
        "",
      ),
    ],
  },
  {
    name: "allowance-not-given-back",
    guard: "a user gets the allowance back with the units",
    patches: [patch(OPENING, "    this.buyers.set(hold.userId, (this.buyers.get(hold.userId) ?? 0) - units);\n", "")],
  },
  {
    name: "units-not-given-back",
    guard: "items get back what came to nothing",
    patches: [
      patch(
        OPENING,
        "    for (const { itemId, quantity } of hold.lines) this.stock.set(itemId, this.#left(itemId) + quantity);\n    return hold;",
        "    return hold;",
      ),
    ],
  },
  {
    name: "retires-over-holds",
    guard: "an open gate that holds something is not retired",
    patches: [
      patch(GATE, 'if (sale.open && (sale.openings.get(epoch)?.holds.size ?? 0) > 0) return "holds_left";', ""),
    ],
  },
];
