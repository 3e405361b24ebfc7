import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { InputError } from "../files/error.ts";
import { entry } from "../weights/entry.ts";
import { requiredNames } from "../weights/layouts/layout.ts";
import { resNetLayouts } from "../weights/layouts/resnet.ts";
import { publicWeights } from "../weights/public_weights.ts";
import { writeSafetensors } from "../weights/safetensors.ts";
import { type OpenEncoder, preferredEncoder } from "./preferred_encoder.ts";

const CACHE = ["XDG_CACHE_HOME", "LOCALAPPDATA"];

/** A folder, and what is preferred where the user's cache is in it. */
async function inFolder(
  test: (
    at: (...names: string[]) => string,
    prefer: (options?: Partial<OpenEncoder>, given?: object) => Promise<[OpenEncoder, string]>,
  ) => Promise<void>,
) {
  const folder = await Deno.makeTempDir();
  const before = CACHE.map((name) => Deno.env.get(name));
  for (const name of CACHE) Deno.env.set(name, join(folder, "cache"));
  const at = (...names: string[]) => join(folder, ...names);
  try {
    await test(at, async (options = {}, given = options) => {
      const lines: string[] = [];
      const open = { network: "encoder-decoder", out: at("run"), overwrite: false } as const;
      const config: OpenEncoder = { ...open, widthDivisor: 1, dilate: true, ...options };
      const settled = await preferredEncoder(config, { ...given }, (line) => lines.push(line));
      return [settled, lines.join("\n")];
    });
  } finally {
    CACHE.forEach((name, i) => {
      if (before[i] === undefined) Deno.env.delete(name);
      else Deno.env.set(name, before[i]);
    });
    await Deno.remove(folder, { recursive: true });
  }
}

const chosen = ({ network, weights }: OpenEncoder) => [network, weights];

/** Puts a file of public weights where they are kept. */
async function fetched(at: (...names: string[]) => string, name: string): Promise<void> {
  const { file } = publicWeights.find((weights) => weights.name === name)!;
  await Deno.mkdir(at("cache", "henka", "weights"), { recursive: true });
  await Deno.writeTextFile(at("cache", "henka", "weights", file), "");
}

Deno.test("where no network is given, fetched weights are used; without any, what would help is said", () =>
  inFolder(async (at, prefer) => {
    const [none, told] = await prefer();
    assertEquals(chosen(none), ["encoder-decoder", undefined]);
    assertStringIncludes(told, '"weights fetch mobilenet-v2" downloads some (14 MiB)');
    await fetched(at, "resnet50");
    const [only, said] = await prefer();
    assertEquals(chosen(only), ["resnet50", "resnet50"]);
    assertStringIncludes(said, "--network resnet50 --weights resnet50");
    await fetched(at, "mobilenet-v2");
    assertEquals(chosen((await prefer())[0]), ["mobilenet-v2", "mobilenet-v2"]);
    // What was given stays.
    const [own, silent] = await prefer({ network: "encoder-decoder" });
    assertEquals([...chosen(own), silent], ["encoder-decoder", undefined, ""]);
    assertEquals(chosen((await prefer({}, { width: 8 }))[0]), ["encoder-decoder", undefined]);
    const [bare, hint] = await prefer({ network: "resnet50" });
    assertEquals(chosen(bare), ["resnet50", undefined]);
    assertStringIncludes(hint, "--weights resnet50 would use them");
  }));

Deno.test("what is given for another network than the one that is taken is said", () =>
  inFolder(async (_, prefer) => {
    const idle = { trainFrom: 3, dilate: false, widthDivisor: 2 as const, width: 8 };
    const said = async (network: OpenEncoder["network"]) =>
      (await prefer({ network }, { network, ...idle }))[1];
    assertEquals(
      await said("encoder-decoder"),
      "Left aside: --width-divisor, --train-from, --dilate, which encoder-decoder does not have.",
    );
    assertEquals(
      await said("resnet18"),
      "Left aside: --width, --width-divisor, which resnet18 does not have.",
    );
  }));

Deno.test("a run that is gone on with or begun from, and a file of weights, say the network", () =>
  inFolder(async (at, prefer) => {
    await fetched(at, "mobilenet-v2");
    const note = async (run: string, options: object) => {
      await Deno.mkdir(at(run), { recursive: true });
      await Deno.writeTextFile(at(run, "config.json"), JSON.stringify(options));
    };
    await note("before", { network: "resnet18", weights: "w.pth" });
    const [begun, told] = await prefer({ start: at("before") });
    assertEquals(chosen(begun), ["resnet18", "w.pth"]);
    assertStringIncludes(told, `Takes the network of ${at("before")}: --network resnet18`);
    await note("wide", { network: "resnet50", dilate: false });
    const [, without] = await prefer({ start: at("wide") });
    assertStringIncludes(without, "--network resnet50 --no-dilate");
    await note("run", { network: "encoder-decoder" });
    assertEquals(chosen((await prefer())[0]), ["encoder-decoder", undefined]);
    assertEquals(chosen((await prefer({ overwrite: true }))[0])[0], "mobilenet-v2");
    const layout = resNetLayouts.find(({ network }) => network === "resnet34")!;
    const file = new Map(
      requiredNames(layout).map((name) => [name, entry([1], new Float32Array(1))]),
    );
    await writeSafetensors(at("w"), file);
    const [read] = await prefer({ weights: at("w"), out: at("new") });
    assertEquals(chosen(read), ["resnet34", at("w")]);
    const under = (prefix: string) =>
      [...file].map(([name, value]) => [prefix + name, value] as const);
    await writeSafetensors(at("irn"), new Map(under("resnet50.")));
    const [own] = await prefer({ weights: at("irn"), out: at("new") });
    assertEquals([own.network, own.dilate], ["resnet34", true], "whoever calls it resnet50");
    const scores = entry([20, 1, 1, 1], new Float32Array(20));
    await writeSafetensors(
      at("irn"),
      new Map([...under("resnet50."), ["classifier.weight", scores]]),
    );
    const open = { weights: at("irn"), out: at("new") };
    const [strided, said] = await prefer(open);
    assertEquals([strided.network, strided.dilate], ["resnet34", false]);
    assertStringIncludes(said, "--network resnet34 --no-dilate");
    assertEquals((await prefer({ ...open, dilate: true }, { dilate: true }))[0].dilate, true);
    await writeSafetensors(at("two"), new Map([...under("model."), ...under("teacher.")]));
    const [, among] = await prefer({ weights: at("two"), out: at("new") });
    assertStringIncludes(among, '--network resnet34; of its encoders that after "model."');
    // An encoder-decoder of ours stands in no layout; what else it might be is refused as `weights` does.
    const one = entry([1], new Float32Array(1));
    await writeSafetensors(at("own"), new Map([["encoder.stem.conv.weight", one]]));
    const [ours] = await prefer({ weights: at("own"), out: at("new") });
    assertEquals(chosen(ours), ["encoder-decoder", at("own")]);
    await writeSafetensors(at("other"), new Map([["tokens.weight", one]]));
    for (
      const [name, reason] of [["none", "no such file"], ["other", "those of no known layout"]]
    ) {
      const refused = () => prefer({ weights: at(name), out: at("new") });
      await assertRejects(refused, InputError, reason);
    }
  }));
