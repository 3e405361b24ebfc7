import { fromFileUrl, join } from "@std/path";
import type { Image } from "../src/data/images/image.ts";

/** What pydensecrf took on one core for one photograph, milliseconds. */
export interface PeerTurn {
  /** Both lattices and the energies. */
  readonly build: number;
  /** With all iterations. */
  readonly total: number;
  /** CPU time of both lattices and the energies. */
  readonly cpu_build: number;
  /** CPU time of all. */
  readonly cpu: number;
}

/** A process of pydensecrf, which takes its turns with ours. */
export class Pydensecrf implements AsyncDisposable {
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamDefaultReader<string>;
  #text = "";

  private constructor(readonly child: Deno.ChildProcess, readonly folder: string) {
    this.#input = child.stdin.getWriter();
    this.#output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** A process for a picture and its energies, under the first Python that has pydensecrf. */
  static async start(
    { width, height, data }: Image,
    unaries: ReadonlyMap<number, Float32Array>,
  ): Promise<Pydensecrf | undefined> {
    const folder = await Deno.makeTempDir();
    await Deno.writeFile(join(folder, "image.u8"), Uint8Array.from(data));
    for (const [labels, unary] of unaries) {
      const bytes = new Uint8Array(Float32Array.from(unary).buffer);
      await Deno.writeFile(join(folder, `unary${labels}.f32`), bytes);
    }
    const script = fromFileUrl(new URL("./pydensecrf_reference.py", import.meta.url));
    for (const python of ["/usr/bin/python3", "python3"]) {
      try {
        const child = new Deno.Command(python, {
          args: [script, JSON.stringify({ folder, width, height })],
          env: { OMP_NUM_THREADS: "1" },
          stdin: "piped",
          stdout: "piped",
          stderr: "null",
        }).spawn();
        const peer = new Pydensecrf(child, folder);
        if (await peer.#line() === "ready") return peer;
        await child.status;
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    await Deno.remove(folder, { recursive: true });
    return undefined;
  }

  /** Infers once. */
  async turn(labels: number, iterations: number, keep = false): Promise<PeerTurn> {
    const line = JSON.stringify({ labels, iterations, keep });
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
    const answer = await this.#line();
    if (!answer) throw new Error("pydensecrf ended before it answered");
    return JSON.parse(answer);
  }

  /** Its probabilities, labels x h x w. */
  async values(labels: number, iterations: number): Promise<Float32Array> {
    await this.turn(labels, iterations, true);
    return new Float32Array((await Deno.readFile(join(this.folder, "q.f32"))).buffer);
  }

  /** The next line that it writes; nothing when it has ended. */
  async #line(): Promise<string | undefined> {
    while (!this.#text.includes("\n")) {
      const { value, done } = await this.#output.read();
      if (done) return undefined;
      this.#text += value;
    }
    const end = this.#text.indexOf("\n");
    const line = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + 1);
    return line;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
    await this.child.status;
    await Deno.remove(this.folder, { recursive: true });
  }
}
