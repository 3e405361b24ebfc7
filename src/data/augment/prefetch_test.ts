import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { InputError } from "../../files/error.ts";
import { prefetch } from "./prefetch.ts";
import { buffers } from "./serve_jobs.ts";

/** A worker's module as text: tests need several small ones. */
function worker(handle: string, first = ""): URL {
  const serve = new URL("./serve_jobs.ts", import.meta.url);
  const error = new URL("../../files/error.ts", import.meta.url);
  const code = `import { serveJobs } from "${serve}"; import { InputError } from "${error}";\n` +
    `const pause = (ms) => new Promise((done) => setTimeout(done, ms));\n${first}\nserveJobs(${handle});`;
  return new URL(`data:application/javascript,${encodeURIComponent(code)}`);
}

async function collect<T>(results: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const result of results) all.push(result);
  return all;
}

Deno.test("prefetch() keeps the order for any number of workers and any bound", async () => {
  // The later the job, the sooner it is done.
  const url = worker("async (n) => { await pause(8 - n); return Float32Array.of(n, n * n); }");
  for (const [workers, ahead] of [[1, 1], [3, 2], [2, 20]]) {
    const results = await collect(
      prefetch<number, Float32Array>(url, [0, 1, 2, 3, 4, 5, 6, 7], { workers, ahead }),
    );
    assertEquals(results.map(([n, square]) => [n, square]), results.map((_, i) => [i, i * i]));
    assertEquals(results.length, 8);
  }
});

Deno.test("prefetch() draws no more jobs than are asked for ahead, and stops with the loop", async () => {
  let [drawn, closed] = [0, false];
  function* endless() {
    try {
      while (true) yield drawn++;
    } finally {
      closed = true;
    }
  }
  let taken = 0;
  for await (
    const result of prefetch<number, number>(worker("(n) => n"), endless(), {
      workers: 2,
      ahead: 3,
    })
  ) {
    assertEquals(result, taken++);
    assert(drawn <= taken + 3, `${drawn} drawn for ${taken} taken`);
    if (taken === 5) break;
  }
  assertEquals(closed, true);
});

Deno.test("prefetch() closes its workers at the end, at a break and at an error", async () => {
  const Original = globalThis.Worker;
  const open = new Set<Worker>();
  globalThis.Worker = class extends Original {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      open.add(this);
    }
    override terminate(): void {
      open.delete(this);
      super.terminate();
    }
  };
  try {
    const url = worker("(n) => { if (n === 3) throw new Error('three'); return n; }");
    const options = { workers: 2 };
    for await (const n of prefetch(url, [1, 2], options)) assertEquals(open.size, 2, `${n}`);
    assertEquals(open.size, 0);
    for await (const n of prefetch(url, [1], options)) assertEquals(open.size, 1, `${n}`);
    for await (const n of prefetch(url, [1, 2, 3], options)) if (n === 1) break;
    assertEquals(open.size, 0);
    await assertRejects(() => collect(prefetch(url, [1, 2, 3, 4], options)), Error, "three");
    assertEquals(open.size, 0);
  } finally {
    globalThis.Worker = Original;
  }
});

Deno.test("prefetch() lets its workers end what they have begun", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const write = `Deno.writeTextFileSync("${folder}/" + n, "")`;
    const url = worker(`async (n) => { if (n > 1) await pause(200); ${write}; return n; }`);
    for await (const n of prefetch(url, [1, 2, 3, 4], { workers: 2, ahead: 3 })) {
      if (n === 1) break;
    }
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["1", "2", "3"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("prefetch() replaces a worker that does not start", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const starts = () => [...Deno.readDirSync(folder)].length;
    // The first three that are started stay where they are.
    const hang = `await Deno.makeTempDir({ dir: "${folder}" });` +
      `if ([...Deno.readDirSync("${folder}")].length < 4) await new Promise(() => {});`;
    const url = worker("(n) => n", hang);
    const jobs = [1, 2, 3, 4, 5, 6];
    assertEquals(await collect(prefetch(url, jobs, { workers: 2, patience: 300 })), jobs);
    assert(starts() > 4, `${starts()} were started`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("prefetch() throws a job's error at its place, with its class and file", async () => {
  const url = worker(`(n) => {
    if (n === 2) throw new InputError("Cannot read a.png: it is empty. Replace it.");
    if (n === 3) throw new Deno.errors.NotFound("no such file");
    if (n === 4) throw new SyntaxError("bad bytes in 4.jpg");
    return n;
  }`);
  const name = (n: number) => `${n}.jpg`;
  const taken: number[] = [];
  const run = async (jobs: number[]) => {
    for await (const n of prefetch<number, number>(url, jobs, { workers: 2, ahead: 4, name })) {
      taken.push(n);
    }
  };
  const error = await assertRejects(() => run([0, 1, 2, 5]), InputError, "Cannot read a.png");
  assertEquals(taken, [0, 1]);
  assertInstanceOf(error, InputError);
  await assertRejects(() => run([3]), Deno.errors.NotFound, "3.jpg: no such file");
  const syntax = await assertRejects(() => run([4]), SyntaxError);
  assertEquals(syntax.message, "bad bytes in 4.jpg");
});

Deno.test("prefetch() reports a worker that cannot start, and refuses no workers", async () => {
  const broken = new URL("data:application/javascript,throw new Error('broken at start')");
  await assertRejects(() => collect(prefetch(broken, [1])), Error, "broken at start");
  await assertRejects(() => collect(prefetch(broken, [1], { workers: 0 })), RangeError);
  await assertRejects(() => collect(prefetch(broken, [1], { ahead: 1.5 })), RangeError);
});

Deno.test("buffers() finds every buffer once, so that results are moved", () => {
  const shared = new Float32Array(4);
  const bytes = new Uint8Array(2);
  const value = { a: shared, b: [shared.subarray(1), new Map([[1, { data: bytes }]])], c: null };
  assertEquals([...buffers(value)], [shared.buffer, bytes.buffer]);
  structuredClone(value, { transfer: [...buffers(value)] });
  assertEquals(shared.length, 0);
  assertThrows(() => structuredClone(value, { transfer: [shared.buffer] }));
});
