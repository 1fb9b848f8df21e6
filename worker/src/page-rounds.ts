import { PAGE_CHECKOUTS_MAX, type Page } from "@flashgate/core";

/** What became of pages that were settled together. */
type Settle<Result> = (page: Page) => Promise<Result>;

/** Pages of one opening that wait for the same round. */
interface Round<Result> {
  readonly opening: string;
  readonly page: Page & { readonly checkoutIds: string[] };
  readonly result: Promise<Result>;
  readonly begin: () => void;
  /** A page came that it has no room for. */
  full: boolean;
}

/**
 * Settles pages in rounds, `atOnce` of them at most. While one of an opening is under way, what comes waits for the next and
 * is settled as one page (200 checkouts at most) in one transaction: a page costs more by itself than what stands in it. A
 * page that comes alone waits for nobody, and a full round for a free place only.
 *
 * ```
 *   collecting ── none of the opening is under way, or full ──▶ under way ──▶ settled, or failed, for all of its pages
 * ```
 */
export class PageRounds<Result> {
  readonly #settle: Settle<Result>;
  readonly #atOnce: number;
  readonly #underWay: Round<Result>[] = [];
  /** First come, first settled. */
  readonly #waiting: Round<Result>[] = [];

  constructor(settle: Settle<Result>, atOnce: number) {
    this.#settle = settle;
    this.#atOnce = atOnce;
  }

  /** Settles or rejects as the round does that the page is in. */
  settle(page: Page): Promise<Result> {
    const opening = `${page.saleId} ${page.epoch}`;
    const last = this.#waiting.findLast((round) => round.opening === opening);
    if (last && last.page.checkoutIds.length + page.checkoutIds.length <= PAGE_CHECKOUTS_MAX) {
      last.page.checkoutIds.push(...page.checkoutIds);
      return last.result;
    }
    if (last) last.full = true;
    const round = this.#roundOf(opening, page);
    this.#waiting.push(round);
    this.#beginNext();
    return round.result;
  }

  #roundOf(opening: string, { saleId, epoch, checkoutIds }: Page): Round<Result> {
    const page = { saleId, epoch, checkoutIds: [...checkoutIds] };
    let begin = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const result = begun
      .then(() => this.#settle(page))
      .finally(() => {
        this.#underWay.splice(this.#underWay.indexOf(round), 1);
        this.#beginNext();
      });
    const round = { opening, page, result, begin, full: false };
    return round;
  }

  #beginNext(): void {
    while (this.#underWay.length < this.#atOnce) {
      const isOpen = ({ opening, full }: Round<Result>) =>
        full || !this.#underWay.some((round) => round.opening === opening);
      const at = this.#waiting.findIndex(isOpen);
      const [round] = at < 0 ? [] : this.#waiting.splice(at, 1);
      if (!round) return;
      this.#underWay.push(round);
      round.begin();
    }
  }
}
