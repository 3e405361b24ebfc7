import { InputError } from "../../files/error.ts";
import { systemErrors } from "../../files/system.ts";
import { type JobAnswer, STARTED } from "./serve_jobs.ts";

/** How `prefetch` works ahead. */
export interface PrefetchOptions<Job> {
  /** Number of workers; default one less than the processors, 1 to 4. */
  readonly workers?: number;
  /** Most jobs under way or finished but not yet taken; default twice the workers. */
  readonly ahead?: number;
  /** The file a job is about, put before a message that does not name it. */
  readonly name?: (job: Job) => string;
  /** Milliseconds in which a worker should have started; default 10,000. */
  readonly patience?: number;
  /** Errors that keep their class besides those that all jobs may throw, by their names. */
  readonly errors?: Readonly<Record<string, new (message: string) => Error>>;
}

/** Classes of errors by the names that these have. */
type ErrorClasses = NonNullable<PrefetchOptions<never>["errors"]>;

/**
 * The results of the jobs, in their order, computed in Web Workers ahead of their use.
 *
 * The worker's module calls `serveJobs`. Results do not depend on the number of workers when each
 * job carries its own seed. Jobs are drawn one by one, so they may be endless. A worker that has not
 * started in time is replaced by one that has twice as long. When the loop ends, breaks or throws,
 * the workers answer what they have been given and are closed. A job's error is thrown at its place,
 * with its own class when it is one that the command line tells apart. Throws RangeError when
 * `workers` or `ahead` is not a positive whole number.
 *
 * @example
 * ```ts ignore
 * const worker = new URL("./double_worker.ts", import.meta.url);
 * for await (const y of prefetch<number, number>(worker, [1, 2, 3])) console.log(y);
 * ```
 */
export async function* prefetch<Job, Result>(
  workerUrl: URL,
  jobs: Iterable<Job>,
  options: PrefetchOptions<Job> = {},
): AsyncGenerator<Result, void, void> {
  const workers = options.workers ?? defaultWorkers();
  const ahead = options.ahead ?? 2 * workers;
  for (const count of [workers, ahead]) {
    if (!Number.isInteger(count) || count < 1) {
      throw new RangeError(`Cannot work ahead with ${workers} workers and ${ahead} jobs ahead`);
    }
  }
  const pool: Port<Result>[] = [];
  const source = jobs[Symbol.iterator]();
  const queue: Promise<Result>[] = [];
  let started = 0;
  let exhausted = false;
  const fill = () => {
    while (!exhausted && queue.length < ahead) {
      const { done, value: job } = source.next();
      if (done) exhausted = true;
      else {
        const port = pool[started++ % workers] ??= new Port(workerUrl, options);
        const result = port.run(job, options.name?.(job));
        result.catch(() => {}); // it is thrown when its turn comes, not before
        queue.push(result);
      }
    }
  };
  try {
    for (fill(); queue.length > 0; fill()) yield await queue.shift()!;
  } finally {
    source.return?.();
    await Promise.all(pool.map((port) => port.close()));
  }
}

function defaultWorkers(): number {
  return Math.min(4, Math.max(1, navigator.hardwareConcurrency - 1));
}

interface Waiting<Result> extends PromiseWithResolvers<Result> {
  readonly job: unknown;
  readonly name?: string;
}

/** One worker and the jobs it has not answered. */
class Port<Result> {
  readonly #errors: ErrorClasses | undefined;
  readonly #waiting = new Map<number, Waiting<Result>>();
  #worker: Worker;
  #started = false;
  #count = 0;
  #failure?: Error;

  constructor(readonly url: URL, { errors, patience = 10_000 }: PrefetchOptions<never>) {
    this.#errors = errors;
    this.#worker = this.#start(patience);
  }

  /** Rarely a worker of Deno 2.9 never comes to its module, and nothing tells it. */
  #start(patience: number): Worker {
    const worker = new Worker(this.url, { type: "module" });
    const late = setTimeout(() => {
      worker.terminate();
      this.#worker = this.#start(2 * patience);
    }, patience);
    worker.onmessage = ({ data }: MessageEvent<JobAnswer<Result> | typeof STARTED>) => {
      if (data !== STARTED) return this.#settle(data);
      clearTimeout(late);
      this.#started = true;
      for (const [id, { job }] of this.#waiting) worker.postMessage({ id, job });
    };
    worker.onerror = (event) => {
      event.preventDefault(); // or the whole program would end with the worker's error
      clearTimeout(late);
      this.#fail(new Error(`Cannot run ${this.url.pathname.split("/").at(-1)}: ${event.message}`));
    };
    worker.onmessageerror = () => this.#fail(new Error("Cannot receive a worker's result"));
    return worker;
  }

  run(job: unknown, name?: string): Promise<Result> {
    if (this.#failure) return Promise.reject(this.#failure);
    const id = this.#count++;
    const waiting: Waiting<Result> = { ...Promise.withResolvers<Result>(), job, name };
    this.#waiting.set(id, waiting);
    if (this.#started) this.#worker.postMessage({ id, job });
    return waiting.promise;
  }

  /** Waits for the answers first: a driver that is ended amid its work may take the program with it. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#waiting.values().map(({ promise }) => promise));
    this.#worker.terminate();
  }

  #settle(answer: JobAnswer<Result>): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ("error" in answer) waiting?.reject(revived(answer.error, waiting.name, this.#errors));
    else waiting?.resolve(answer.result);
  }

  #fail(error: Error): void {
    this.#failure = error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** Errors that keep their class, because the command line answers them in different ways. */
const classes: ErrorClasses = {
  InputError,
  SyntaxError,
  RangeError,
  TypeError,
  ...systemErrors,
};

/** The error as it was thrown in the worker, its message naming the file. */
function revived(
  error: { name: string; message: string; stack?: string },
  file: string | undefined,
  more: ErrorClasses = {},
): Error {
  const named = file === undefined || error.message.includes(file);
  const message = named ? error.message : `${file}: ${error.message}`;
  const revived = new (classes[error.name] ?? more[error.name] ?? Error)(message);
  if (error.stack !== undefined) revived.stack = error.stack;
  return revived;
}
