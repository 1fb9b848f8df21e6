/**
 * A seeded stream of random numbers: the whole schedule of a run comes out of one of these, so that a seed replays it.
 * Generator: sfc32 (Doty-Humphrey, PractRand 0.95, public domain); seeding: splitmix32 (after Steele, Lea and Flood 2014).
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    let state = seed | 0;
    const split = () => {
      state = (state + 0x9e3779b9) | 0;
      let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
      return mixed ^ (mixed >>> 15);
    };
    this.#a = split();
    this.#b = split();
    this.#c = split();
    for (let warm = 0; warm < 12; warm += 1) this.next();
  }

  /** Uniform in [0, 1). */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Uniform among the whole numbers from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  /** One of a list that is not empty. */
  pick<Item>(list: readonly Item[]): Item {
    const item = list[Math.floor(this.next() * list.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }

  /** Takes one out of a list; undefined where it is empty. */
  draw<Item>(list: Item[]): Item | undefined {
    return list.length === 0 ? undefined : list.splice(Math.floor(this.next() * list.length), 1)[0];
  }

  /** One of the names, each as likely as its weight. At least one weight is above zero. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name {
    const names = Object.keys(weights) as Name[];
    let total = 0;
    for (const name of names) total += weights[name];
    let left = this.next() * total;
    let last: Name | undefined;
    for (const name of names) {
      if (weights[name] <= 0) continue;
      last = name;
      left -= weights[name];
      if (left < 0) break;
    }
    if (last === undefined) throw new Error("nothing has any weight");
    return last;
  }
}
