import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { taskFlags } from "../../tools/task_flags.ts";
import { child, ended, real } from "../../tests/run_cli.ts";
import { layoutOf, prefixed } from "../../tests/layout_files.ts";
import type { Context } from "../options/command.ts";
import { InputError } from "../files/error.ts";
import { readOptions } from "../options/flags.ts";
import { encoderShape, readEncoder } from "../weights/encoder_file.ts";
import { entry } from "../weights/entry.ts";
import { NORM } from "../weights/layouts/layout.ts";
import { convolutionShape } from "../weights/layouts/shapes.ts";
import { readSafetensors, writeSafetensors } from "../weights/safetensors.ts";
import { digestOf, publicWeights } from "../weights/public_weights.ts";
import { layouts } from "../weights/layouts/recognise.ts";
import { weights as weightsCommand } from "./weights.ts";
import { weightsFetch } from "./weights_fetch.ts";
import { weightsList } from "./weights_list.ts";

/** The context of a command, and the lines that it says. */
function said(): [Context, string[]] {
  const lines: string[] = [];
  return [{
    device: () => Promise.reject(new Error("no GPU is needed")),
    progress: () => ({ update() {}, done() {} }),
    log: (line) => lines.push(line),
    signal: new AbortController().signal,
  }, lines];
}

/** A folder, in which fetched weights are kept too. */
async function inFolder(test: (at: (name: string) => string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  const names = ["XDG_CACHE_HOME", "LOCALAPPDATA"];
  const before = names.map((name) => Deno.env.get(name));
  for (const name of names) Deno.env.set(name, join(folder, "cache"));
  try {
    await test((name) => join(folder, name));
  } finally {
    names.forEach((name, i) => {
      if (before[i] === undefined) Deno.env.delete(name);
      else Deno.env.set(name, before[i]);
    });
    await Deno.remove(folder, { recursive: true });
  }
}

/** A file with a layout's names and the shapes of its convolutions. */
const namesOf = (network: string, name: string) =>
  new Map(
    [...layoutOf(network, name).tensors, ...layoutOf(network, name).folded].flatMap(
      ([ours, theirs]) => {
        const folded = typeof theirs !== "string";
        const shape =
          convolutionShape(layoutOf(network, name).network, folded ? `${ours}.weight` : ours) ??
            [1];
        const ones = (shape: readonly number[]) =>
          entry(shape, new Float32Array(shape.reduce((a, b) => a * b)).fill(1));
        if (!folded) return [[theirs, ones(shape)] as const];
        const [convolution, norm] = theirs;
        return [
          [`${convolution}.weight`, ones(shape)] as const,
          ...NORM.map((part) => [`${norm}.${part}`, ones([shape[0]])] as const),
        ];
      },
    ),
  );

Deno.test("weights says what a file is; what it converts notes the variant", () =>
  inFolder(async (at) => {
    const head = ["classifier.1.weight", entry([20, 1], new Float32Array(20))] as const;
    const file = new Map([...namesOf("mobilenet-v2", "torchvision"), head]);
    await writeSafetensors(at("net.pth"), prefixed("state_dict.", file));
    const [context, lines] = said();
    const { config } = readOptions(weightsCommand, [at("net.pth")], "henka");
    await weightsCommand.run(config, context);
    assertEquals(lines, [
      "network    mobilenet-v2, variant torchvision",
      `layout     torchvision's names after "state_dict."`,
      "classes    20, as many as PASCAL VOC has",
      "padding    on all sides",
      "images     RGB / 255, minus 0.485, 0.456, 0.406, divided by 0.229, 0.224, 0.225",
      `use        seeds and train: --network mobilenet-v2 --weights ${at("net.pth")}`,
      `           cam: --weights ${at("net.pth")}`,
    ]);
    const to = at("own.safetensors");
    await weightsCommand.run({ file: at("net.pth"), to }, context);
    const { metadata, tensors } = await readSafetensors(to);
    assertEquals(metadata, {
      network: "mobilenet-v2",
      layout: "torchvision",
      variant: "torchvision",
    });
    assert(tensors.has("block16.project.bias") && tensors.has("classifier.weight"));
    const itself = to.replace(/own/, "./own"); // the same file by another name
    for (const [other, reason] of [[itself, "it is the file"], [at("net.pth"), "another kind"]]) {
      const attempt = () => weightsCommand.run({ file: to, to: other }, context);
      await assertRejects(attempt, InputError, reason);
    }
    const [again, told] = said();
    await weightsCommand.run({ file: to }, again);
    assertEquals(told.slice(0, 3), [lines[0], "layout     henka's names", lines[2]]);
    const scores = ["classifier.weight", entry([1001, 1], new Float32Array(1001))] as const;
    await writeSafetensors(
      at("tf"),
      new Map([...namesOf("mobilenet-v2", "Hugging Face"), scores]),
    );
    const [third, tensorflow] = said();
    await weightsCommand.run({ file: at("tf") }, third);
    assertEquals(tensorflow[2], "classes    1001, as many as ImageNet has with a background");
    assertEquals(tensorflow.filter((line) => line.includes("cam:")), []); // no masks have so many
    assertEquals(tensorflow[3], "padding    strided layers at bottom and right alone");
    assertEquals(tensorflow[4], "images     RGB / 127.5 - 1");
  }));

Deno.test("weights --to says which parts of the file it leaves out", () =>
  inFolder(async (at) => {
    const part = (...shape: number[]) =>
      entry(shape, new Float32Array(shape.reduce((a, b) => a * b)));
    await writeSafetensors(
      at("irn"),
      new Map([
        ...prefixed("resnet50.", namesOf("resnet50", "torchvision")),
        ["fc_edge1.0.weight", part(32, 64, 1, 1)],
        ["fc_edge6.weight", part(1, 160, 1, 1)],
      ]),
    );
    const [context, lines] = said();
    await weightsCommand.run({ file: at("irn"), to: at("out.safetensors") }, context);
    assertEquals(lines.slice(-2), [
      `The encoder is in ${at("out.safetensors")}`,
      `Left out: the branch of IRN's class boundaries (fc_edge1 to fc_edge6); in ${
        at("irn")
      } alone`,
    ]);
    const { tensors, metadata } = await readSafetensors(at("out.safetensors"));
    assert(![...tensors.keys()].some((name) => /edge/.test(name)));
    // Its strides go with it.
    assertEquals(metadata.dilate, "false");
    const shape = encoderShape(await readEncoder(at("out.safetensors")));
    assertEquals([shape.dilate, shape.outputStride], [false, undefined]);
    await writeSafetensors(at("fine"), namesOf("resnet18", "torchvision"), { outputStride: "8" });
    await weightsCommand.run({ file: at("fine"), to: at("again.safetensors") }, context);
    assertEquals(encoderShape(await readEncoder(at("again.safetensors"))).outputStride, 8);
    const negative = entry([1], new Float32Array([-1]));
    await writeSafetensors(
      at("bad"),
      new Map([...namesOf("resnet18", "torchvision"), ["bn1.running_var", negative]]),
    );
    await assertRejects(
      () => weightsCommand.run({ file: at("bad"), to: at("none.safetensors") }, context),
      InputError,
      "its bn1.running_var has variances below 0",
    );
    await assertRejects(() => Deno.stat(at("none.safetensors")), Deno.errors.NotFound);
  }));

Deno.test("weights --prefix makes a file of one encoder of several", () =>
  inFolder(async (at) => {
    const net = namesOf("resnet18", "torchvision");
    const one = new Map([...net, ["bn1.bias", entry([1], new Float32Array([3]))] as const]);
    await writeSafetensors(
      at("both"),
      new Map([...prefixed("student.", net), ...prefixed("teacher.", one)]),
    );
    const [context, lines] = said();
    const run = (more: object) => weightsCommand.run({ file: at("both"), ...more }, context);
    await assertRejects(() => run({}), InputError, "--prefix student. --to OUT.safetensors");
    await run({ prefix: "teacher", to: at("own.safetensors") });
    assertEquals(lines[2], `           another encoder's after "student.": --prefix student.`);
    assertStringIncludes(lines.join("\n"), `--network resnet18 --weights ${at("own.safetensors")}`);
    const { tensors } = await readSafetensors(at("own.safetensors"));
    assertEquals(tensors.get("bn1.bias")?.data, new Float32Array([3]));
  }));

Deno.test("of several encoders one at the usual place is taken; two such places are refused", () =>
  inFolder(async (at) => {
    const net = namesOf("resnet18", "torchvision");
    const file = async (...prefixes: string[]) => {
      const path = at(`${prefixes.join("")}safetensors`);
      await writeSafetensors(path, new Map(prefixes.flatMap((own) => [...prefixed(own, net)])));
      return path;
    };
    const [usual, bare] = [
      await readEncoder(await file("state_dict.", "ema.")),
      await readEncoder(await file("", "model.")),
    ];
    assertEquals([usual, bare].map(({ prefix }) => prefix), ["state_dict.", ""]);
    const both = await file("state_dict.module.", "model.");
    await assertRejects(() => readEncoder(both), InputError, "are both encoders");
    assertEquals((await readEncoder(both, undefined, undefined, "model")).prefix, "model.");
  }));

Deno.test("weights list tells what each file is, and whether it is there", () =>
  inFolder(async (at) => {
    const [context, lines] = said();
    await weightsList.run({}, context);
    for (const weights of publicWeights) {
      assert(layouts.some(({ network }) => network === weights.network));
      assertStringIncludes(lines.join("\n"), `${weights.from}${weights.file}, `);
      assertStringIncludes(lines.join("\n"), `SHA-256 ${digestOf(weights)}...`);
    }
    assertEquals(lines.filter((line) => line.includes("(fetched")), []);
    let listed: unknown;
    await weightsList.run({}, { ...context, result: (value) => listed = value });
    const [{ licence: _, ...first }] = listed as { licence: string }[];
    const url = "https://download.pytorch.org/models/mobilenet_v2-b0353104.pth";
    const about = { name: "mobilenet-v2", network: "mobilenet-v2", url, bytes: 14_213_448 };
    assertEquals(first, { ...about, sha256: "b0353104", fetched: null });
    await Deno.mkdir(at("cache/henka/weights"), { recursive: true });
    await Deno.writeTextFile(at("cache/henka/weights/resnet18-f37072fd.pth"), "");
    await weightsList.run({}, context);
    assertEquals(lines.filter((line) => line.includes("(fetched")).length, 1);
  }));

Deno.test("weights fetch takes a mirror's file only if it is the published one", () =>
  inFolder(async (at) => {
    const asked: string[] = [];
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      ({ url }) => {
        asked.push(new URL(url).pathname);
        return new Response("something else");
      },
    );
    const from = `http://127.0.0.1:${server.addr.port}/mirror`;
    const { config } = readOptions(weightsFetch, ["resnet18", "--from", from], "henka");
    const [context, lines] = said();
    const attempt = () => weightsFetch.run(config, context);
    const { message } = await assertRejects(attempt, InputError);
    assertStringIncludes(message, "it has 14 bytes, and about 46830453 as published");
    assertEquals(asked, ["/mirror/resnet18-f37072fd.pth"]);
    const missing = await assertRejects(
      () => weightsCommand.run({ file: "resnet18" }, context),
      InputError,
    );
    assertStringIncludes(missing.message, 'Fetch them with "weights fetch resnet18".');
    // A file that is there is found by its name, and fetched again if it is not the published one.
    const path = at("cache/henka/weights/resnet18-f37072fd.pth");
    await writeSafetensors(path, namesOf("resnet18", "torchvision"));
    await weightsCommand.run({ file: "resnet18" }, context);
    assertStringIncludes(lines.join("\n"), "--network resnet18 --weights resnet18");
    await assertRejects(attempt, InputError, "it has 14 bytes");
    assertEquals(asked.length, 2);
    assertEquals(lines.at(-1), `${path} is not the published file: it is fetched again`);
    await Deno.writeFile(path, (await Deno.readFile(path)).slice(0, 1000));
    await assertRejects(
      () => weightsCommand.run({ file: "resnet18" }, context),
      InputError,
      '"weights fetch resnet18" gets it anew.',
    );
    assertEquals(await weightsFetch.writes?.(config), [at("cache/henka/weights")]);
  }));

Deno.test("weights fetch --json prints what it fetched, and later that it is there", () =>
  inFolder(async (at) => {
    const content = new TextEncoder().encode("weights ".repeat(40_000));
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
    const digest = [...hash.slice(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      ({ url }) => {
        const found = new URL(url).pathname === `/resnet18-${digest}.pth`;
        return new Response(found ? content : null, { status: found ? 200 : 404 });
      },
    );
    // The publisher's files are too large for a test: here another one is the published one.
    const table = import.meta.resolve("../weights/public_weights.ts");
    await Deno.writeTextFile(
      at("published.ts"),
      `import { publicWeights } from "${table}";
      Object.assign(publicWeights[1], { file: "resnet18-${digest}.pth", size: ${content.length} });`,
    );
    const path = at(`cache/henka/weights/resnet18-${digest}.pth`);
    for (const fetched of [true, false]) {
      const from = `--from=http://127.0.0.1:${server.addr.port}`;
      const args = ["weights", "fetch", "resnet18", from, "--json"];
      const permissions = [...taskFlags.get("weights")!, `--preload=${at("published.ts")}`];
      const { code, out, err } = await ended(child(real, args, { permissions }));
      assertEquals(code, 0, err);
      const { licence, ...result } = JSON.parse(out);
      assertStringIncludes(licence, "BSD");
      const about = { name: "resnet18", network: "resnet18", path, sha256: digest };
      assertEquals(result, { ...about, fetched });
      const said = `resnet18 is ${fetched ? "in" : "there:"} ${path}`;
      assertStringIncludes(err, said);
    }
    assertEquals(await Deno.readFile(path), content);
    assertEquals([...Deno.readDirSync(at("cache/henka/weights"))].length, 1);
  }));
