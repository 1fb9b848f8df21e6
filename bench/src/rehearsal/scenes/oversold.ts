import { v7 } from "uuid";
import type { Scene } from "../scene.ts";

const planted = v7();

/** No way is known to bring it about through the product: the rows are written past it. */
export const oversold: Scene = {
  name: "oversold",
  alerts: ["FlashgateOversold"],
  trouble: "a confirmed checkout of more units than its item has is written into the ledger",
  mending:
    "`flashgate sale pause`; `flashgate verify` names the item; the row is taken out again; `flashgate sale resume`",
  async cause({ database, saleId, itemId }) {
    const { rows } = await database.query("SELECT stock FROM flashgate.items WHERE sale_id = $1 AND id = $2", [
      saleId,
      itemId,
    ]);
    const units = Number(rows[0]?.stock) + 3;
    await database.query("BEGIN");
    await database.query(
      `INSERT INTO flashgate.checkouts
         (sale_id, id, user_id, units, key, fingerprint, epoch, state, reserved_at, decided_at)
       SELECT id, $2, 'planted', $3, '', '', epoch, 'confirmed', now(), now() FROM flashgate.sales WHERE id = $1`,
      [saleId, planted, units],
    );
    await database.query(
      "INSERT INTO flashgate.checkout_lines (sale_id, checkout_id, item_id, quantity) VALUES ($1, $2, $3, $4)",
      [saleId, planted, itemId, units],
    );
    await database.query("COMMIT");
  },
  async mend(stage) {
    const { database, saleId, itemId } = stage;
    const paused = await stage.flashgate("sale", "pause", saleId);
    if (paused.code !== 0) throw new Error(`the sale could not be paused: ${paused.output}`);
    const { code, output } = await stage.flashgate("verify", "--sale", saleId, "--json");
    if (code !== 1 || !output.includes(`item ${itemId} has`)) throw new Error(`verify does not name it: ${output}`);
    await database.query("BEGIN");
    for (const [table, column] of [
      ["checkout_lines", "checkout_id"],
      ["checkouts", "id"],
    ]) {
      await database.query(`DELETE FROM flashgate.${table} WHERE sale_id = $1 AND ${column} = $2`, [saleId, planted]);
    }
    await database.query("COMMIT");
    const resumed = await stage.flashgate("sale", "resume", saleId);
    if (resumed.code !== 0) throw new Error(`the sale could not be resumed: ${resumed.output}`);
  },
};
