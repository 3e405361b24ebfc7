import { fromFileUrl, join } from "@std/path";
import type { Image } from "../src/data/images/image.ts";

/** What pydensecrf took on one core, milliseconds, and made. */
export interface PeerCost {
  /** Both lattices and the energies. */
  readonly build: number;
  /** With all iterations. */
  readonly total: number;
  /** The share of pixels with our label. */
  readonly agreement: number;
}

interface Case {
  readonly labels: number;
  readonly iterations: number;
}

/** pydensecrf's costs of each case, where a Python has it; compares its labels with ours. */
export async function pydensecrfCosts(
  image: Image,
  unaryOf: (labels: number) => Float32Array,
  cases: readonly Case[],
  ours: readonly Uint8Array[],
): Promise<readonly PeerCost[] | undefined> {
  const folder = await Deno.makeTempDir();
  try {
    const { width, height, data } = image;
    await Deno.writeFile(join(folder, "image.u8"), Uint8Array.from(data));
    for (const labels of new Set(cases.map(({ labels }) => labels))) {
      const bytes = new Uint8Array(Float32Array.from(unaryOf(labels)).buffer);
      await Deno.writeFile(join(folder, `unary${labels}.f32`), bytes);
    }
    const request = JSON.stringify({ folder, width, height, cases });
    const answer = await ask(request);
    if (!answer) return undefined;
    return await Promise.all(answer.map(async ({ build, total }, i) => {
      const labels = await Deno.readFile(join(folder, `labels${i}.u8`));
      const same = labels.reduce((n, label, p) => n + Number(label === ours[i][p]), 0);
      return { build, total, agreement: same / labels.length };
    }));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The script's answer under the first Python that has pydensecrf. */
async function ask(
  request: string,
): Promise<readonly { build: number; total: number }[] | undefined> {
  const script = fromFileUrl(new URL("./pydensecrf_reference.py", import.meta.url));
  for (const python of ["/usr/bin/python3", "python3"]) {
    try {
      const { success, stdout } = await new Deno.Command(python, {
        args: [script, request],
        env: { OMP_NUM_THREADS: "1" },
        stderr: "null",
      }).output();
      if (success) return JSON.parse(new TextDecoder().decode(stdout));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return undefined;
}
