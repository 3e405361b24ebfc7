/**
 * What may be made out of a file: more than its size explains is a mistake or an attack, such as a
 * list that holds itself twice, again and again.
 */
export class Budget {
  #left: number;

  /** `size` bytes of a file pay for `times` as much, and for a little more in any case. */
  constructor(size: number, times: number, spare: number = 2 ** 20) {
    this.#left = times * size + spare;
  }

  /** Takes an amount of work or memory. Throws SyntaxError when nothing is left. */
  take(amount: number): void {
    this.#left -= amount;
    if (!(this.#left >= 0)) throw new SyntaxError("more in it than its size explains");
  }
}
