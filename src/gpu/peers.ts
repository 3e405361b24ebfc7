/** The processes that compute one batch together, seen by one of them. */
export interface Peers {
  /** The photographs of the batch that each of them has, in their order; none has none. */
  readonly shares: readonly number[];
  /** Which of them this one is, from 0. */
  readonly index: number;
  /** What every one gives, in their order; all must call it, in one order and with as many values. */
  gather(own: Float32Array<ArrayBuffer>): Promise<readonly Float32Array<ArrayBuffer>[]>;
}
