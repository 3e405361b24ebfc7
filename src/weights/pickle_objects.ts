/**
 * What a name in a pickle stands for: a function of plain values, which must throw SyntaxError for
 * arguments that make no sense. Nothing else is ever called, looked up or executed.
 */
export type Allowed = (...args: readonly unknown[]) => unknown;

/** An object that a pickle finishes after it was made (`BUILD`). */
export interface Buildable {
  /** Takes the state. */
  build(state: unknown): void;
}

/** A name that a pickle mentioned. */
export class Global {
  /** "module name". */
  readonly name: string;
  /** What calling it does. */
  readonly call: Allowed;

  /** Neither argument is checked. */
  constructor(name: string, call: Allowed) {
    this.name = name;
    this.call = call;
  }
}

/** An object of a class that we do not know: what a pickle says of it, of which nothing is executed. */
export class Unknown implements Buildable {
  /** The class, or the function that would make it: "module.name". */
  readonly name: string;
  /** What it is made with. */
  readonly args: readonly unknown[];
  /** Its items, where it is like a dictionary. */
  readonly items: Map<unknown, unknown> = new Map();
  /** Its items where it is like a list or a set, and its states. */
  readonly parts: unknown[] = [];

  /** Neither argument is checked. */
  constructor(name: string, args: readonly unknown[]) {
    this.name = name;
    this.args = args;
  }

  build(state: unknown): void {
    this.parts.push(state);
  }
}

/** What is said of an object in the place of a value that is needed. */
export function objectMessage(object: string): string {
  return `the Python object ${object} (only plain tensors are read: save a state_dict)`;
}
