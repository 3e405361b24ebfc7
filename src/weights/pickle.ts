import { shown } from "../files/shown.ts";
import { Budget } from "./budget.ts";
import { PickleBytes } from "./pickle_bytes.ts";
import { type Allowed, type Buildable, Global, objectMessage, Unknown } from "./pickle_objects.ts";
import { PickleStack } from "./pickle_stack.ts";
import { pickleValues } from "./pickle_values.ts";

/** What a reader of pickles knows beyond plain values. */
export interface PickleOptions {
  /** What names stand for, by "module name", such as "collections OrderedDict". */
  readonly allowed?: ReadonlyMap<string, Allowed>;
  /** Whether other names are read past: what is made with them is an `Unknown`. */
  readonly readPast?: boolean;
  /** The object that a persistent id stands for. */
  readonly persistent?: (id: unknown) => unknown;
  /** The byte at which the pickle begins; default 0. */
  readonly start?: number;
}

/**
 * The value of a pickle, protocols 2 to 5, and the position after it.
 *
 * Dictionaries become Maps, lists and tuples arrays, sets Sets, None null, bytes Uint8Arrays,
 * integers numbers or (beyond 2^53) bigints. A name that is not allowed is an error as soon as it
 * is mentioned, or with `readPast` an `Unknown`; in either case nothing is executed, so a hostile
 * file can do no harm. Calls take no more time and memory than the size of the file explains.
 * Throws SyntaxError with `name` for what is truncated, malformed or not allowed.
 */
export function readPickle(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  options: PickleOptions = {},
): { value: unknown; end: number } {
  const from = new PickleBytes(bytes, options.start ?? 0);
  try {
    const budget = new Budget(bytes.length, 4);
    return { value: run(from, new PickleStack(), { ...options, budget }), end: from.at };
  } catch (error) {
    // Neither the machine nor the allowed functions know the name of the file.
    const ours = error instanceof SyntaxError || error instanceof RangeError;
    if (!ours || error.message.startsWith("Cannot read")) throw error;
    throw new SyntaxError(`Cannot read ${name}: its pickle has ${error.message}`, { cause: error });
  }
}

type Step = (stack: PickleStack, from: PickleBytes, machine: Machine) => void;

/** What the steps of a program share beside the stack. */
interface Machine extends PickleOptions {
  /** Pays for calls. */
  readonly budget: Budget;
}

/** A pickle is a program for a stack machine. */
function run(from: PickleBytes, stack: PickleStack, machine: Machine): unknown {
  while (true) {
    const code = from.uint8();
    if (code === 0x2e) return stack.pop(); // STOP
    const value = pickleValues[code];
    const step = steps[code];
    if (value !== undefined) stack.push(value(from));
    else if (step !== undefined) step(stack, from, machine);
    else throw new SyntaxError(`the unknown code 0x${code.toString(16)}`);
  }
}

const steps: Readonly<Record<number, Step>> = {
  // The frame of the program.
  0x80: (_, from) => { // PROTO
    const protocol = from.uint8();
    if (protocol > 5) throw new SyntaxError(`the protocol ${protocol}`);
  },
  0x95: (_, from) => void from.uint64(), // FRAME

  // The stack and the memory.
  0x28: (stack) => stack.mark(), // MARK
  0x30: (stack) => void stack.pop(), // POP
  0x31: (stack) => void stack.toMark(), // POP_MARK
  0x32: (stack) => stack.push(stack.top()), // DUP
  0x70: (stack, from) => stack.remember(Number(from.line())), // PUT
  0x71: (stack, from) => stack.remember(from.uint8()), // BINPUT
  0x72: (stack, from) => stack.remember(from.uint32()), // LONG_BINPUT
  0x94: (stack) => stack.remember(), // MEMOIZE
  0x67: (stack, from) => stack.recall(Number(from.line())), // GET
  0x68: (stack, from) => stack.recall(from.uint8()), // BINGET
  0x6a: (stack, from) => stack.recall(from.uint32()), // LONG_BINGET

  // Containers.
  0x85: (stack) => stack.push(stack.take(1)), // TUPLE1
  0x86: (stack) => stack.push(stack.take(2)), // TUPLE2
  0x87: (stack) => stack.push(stack.take(3)), // TUPLE3
  0x74: (stack) => stack.push(stack.toMark()), // TUPLE
  0x6c: (stack) => stack.push(stack.toMark()), // LIST
  0x64: (stack) => stack.push(setItems(new Map(), stack.toMark())), // DICT
  0x91: (stack) => stack.push(new Set(stack.toMark())), // FROZENSET
  0x61: (stack) => append(stack, stack.take(1)), // APPEND
  0x65: (stack) => append(stack, stack.toMark()), // APPENDS
  0x73: (stack) => { // SETITEM
    const items = stack.take(2);
    setItems(stack.top(), items);
  },
  0x75: (stack) => { // SETITEMS
    const items = stack.toMark();
    setItems(stack.top(), items);
  },
  0x90: (stack) => { // ADDITEMS
    const items = stack.toMark();
    const set = stack.top();
    if (set instanceof Unknown) return void set.parts.push(...items);
    if (!(set instanceof Set)) throw new SyntaxError("members of what is no set");
    for (const item of items) set.add(item);
  },

  // Names, calls and objects of other files.
  0x63: (stack, from, machine) => { // GLOBAL
    const [module, name] = [from.line(), from.line()];
    stack.push(named(module, name, machine));
  },
  0x93: (stack, _, machine) => { // STACK_GLOBAL
    const [module, name] = stack.take(2);
    stack.push(named(module, name, machine));
  },
  0x52: call, // REDUCE
  0x81: call, // NEWOBJ
  0x92: (stack, from, machine) => { // NEWOBJ_EX
    const named = stack.pop();
    stack.push([...argumentsOf(stack.pop()), named]);
    call(stack, from, machine);
  },
  0x62: build, // BUILD
  0x51: (stack, _, { persistent }) => { // BINPERSID
    if (persistent === undefined) throw new SyntaxError("a reference to another file");
    stack.push(persistent(stack.pop()));
  },
};

function named(module: unknown, name: unknown, { allowed, readPast }: Machine): Global {
  const whole = typeof module === "string" && typeof name === "string" ? `${module} ${name}` : "";
  const action = allowed?.get(whole);
  if (action !== undefined) return new Global(whole, action);
  const object = `${shown(module)}.${shown(name)}`;
  if (readPast && whole !== "") return new Global(whole, (...args) => new Unknown(object, args));
  throw new SyntaxError(objectMessage(object));
}

function call(stack: PickleStack, _: PickleBytes, { budget }: Machine): void {
  const [callee, own] = stack.take(2);
  const args = argumentsOf(own);
  budget.take(weightOf(args));
  if (callee instanceof Unknown) stack.push(new Unknown(callee.name, [callee, ...args]));
  else if (callee instanceof Global) stack.push(callee.call(...args));
  else throw new SyntaxError("a call of what is no function");
}

function argumentsOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new SyntaxError("a call of what is no function");
  if (value.length > 1000) throw new SyntaxError(`a call of ${value.length} arguments`);
  return value;
}

/** What it takes to walk through arguments, and through what is in them. */
function weightOf(value: unknown, depth = 2): number {
  if (typeof value === "string" || value instanceof Uint8Array) return value.length;
  if (value instanceof Map || value instanceof Set) return value.size;
  if (!Array.isArray(value)) return 1;
  const inside = depth > 0 && value.length < 100 ? value : [];
  return inside.reduce((sum, item) => sum + weightOf(item, depth - 1), 1 + value.length);
}

function build(stack: PickleStack, _: PickleBytes, { budget }: Machine): void {
  const state = stack.pop();
  budget.take(weightOf(state));
  const object = stack.top() as Partial<Buildable> | null;
  if (typeof object?.build === "function") return object.build(state);
  // An OrderedDict may carry attributes: torch keeps the versions of its modules there.
  if (!(object instanceof Map)) throw new SyntaxError("a state for what has none");
}

function append(stack: PickleStack, items: readonly unknown[]): void {
  const list = stack.top();
  if (list instanceof Unknown) return void list.parts.push(...items);
  if (!Array.isArray(list)) throw new SyntaxError("items of what is no list");
  for (const item of items) list.push(item);
}

function setItems(target: unknown, items: readonly unknown[]): unknown {
  if (target instanceof Unknown) target = target.items;
  if (!(target instanceof Map)) throw new SyntaxError("items of what is no dictionary");
  for (let i = 0; i + 1 < items.length; i += 2) target.set(items[i], items[i + 1]);
  return target;
}
