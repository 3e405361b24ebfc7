import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { fromFileUrl } from "@std/path";
import { InputError } from "../files/error.ts";
import { entry } from "./entry.ts";
import { parsePth, readPth } from "./pth.ts";
import { parseWeights, readWeights } from "./read_weights.ts";
import { writeSafetensors } from "./safetensors.ts";

const fixture = (name: string): string =>
  fromFileUrl(new URL(`../../tests/fixtures/${name}`, import.meta.url));

Deno.test("readPth: zip and legacy checkpoints give the same tensors", async () => {
  for (const name of ["zip.pth", "legacy.pth"]) {
    const { tensors, metadata } = await readPth(fixture(name));
    const weight = Float32Array.from({ length: 24 }, (_, i) => i / 4);
    assertEquals(Object.fromEntries(tensors), {
      "model.module.conv.weight": entry([2, 3, 2, 2], weight),
      "model.module.conv.bias": entry([2], new Float32Array([0.5, -0.5])),
      "model.half": { dtype: "F16", shape: [3], data: new Float32Array([1.5, -2, 65504]) },
      "model.bfloat16": { dtype: "BF16", shape: [2], data: new Float32Array([1.5, -3]) },
      "model.transposed": entry([3, 2], new Float64Array([0, 3, 1, 4, 2, 5])),
      "model.part": entry([2], new Int32Array([3, 5])),
      "model.shared": entry([3, 2, 2], weight.slice(12)),
      "model.steps": entry([], new BigInt64Array([7n])),
      "model.flags": { dtype: "BOOL", shape: [2], data: new Uint8Array([1, 0]) },
      "model.empty": entry([0, 3], new Float32Array()),
    }, name);
    assertEquals(metadata, { epoch: "3", name: "small" });
  }
});

Deno.test("readPth: what is more than tensors is refused by the name of the object", async () => {
  await assertRejects(() => readPth(fixture("harm.pth")), InputError, "posix.system");
  await assertRejects(
    () => readPth(fixture("module.pth")),
    InputError,
    "torch.nn.modules.linear.Linear (only plain tensors are read: save a state_dict)",
  );
  await assertRejects(() => readPth(fixture("stored.npz")), InputError, "without data.pkl");
  await assertRejects(() => readPth(fixture("grey8.png")), InputError, "no PyTorch checkpoint");
});

Deno.test("readPth: unknown objects beside the weights are read past and named", async () => {
  const files = await Promise.all(
    ["beside.pth", "beside_legacy.pth"].map((name) => readPth(fixture(name))),
  );
  assertEquals(files[0], files[1]);
  const [{ tensors, metadata, leftOut }] = files;
  // Of a kind of dictionary, as of Python's own.
  const weight = entry([2], new Float32Array([1, 2]));
  assertEquals(Object.fromEntries(tensors), { "state_dict.net.weight": weight });
  assertEquals(metadata, {
    "args.lr": "0.1",
    "args.data": "/data/voc",
    "args.seed": "7",
    "args.gain": "0.5",
    "args.betas.0": "0.9",
    "args.betas.1": "0.999",
    "args.dtype": "torch.float32",
    "args.names.first": "dog",
    "args.counts.dog": "2",
    "args.last.0": "1.5",
    "history.loss.0": "0.5",
    "history.loss.1": "0.25",
  });
  assertEquals(leftOut, {
    "args.harm": "posix.system",
    "args.inner": "omegaconf.dictconfig.DictConfig",
    "args.when": "datetime.date",
    config: "omegaconf.dictconfig.DictConfig",
    scheduler: "timm.scheduler.cosine_lr.CosineLRScheduler",
    ema: "torch.nn.modules.linear.Linear",
  });
  await assertRejects(() => Deno.stat("harm_was_done"), Deno.errors.NotFound);
});

Deno.test("readPth: an object in the place of a weight is refused", async () => {
  const sparse = "torch._utils._rebuild_sparse_tensor (only plain tensors are read";
  await assertRejects(() => readPth(fixture("sparse.pth")), InputError, sparse);
  await assertRejects(() => readPth(fixture("quantised.pth")), InputError, "torch.QUInt8Storage");
});

Deno.test("parsePth: truncation anywhere and any changed byte are refused or harmless", async () => {
  for (const name of ["zip.pth", "legacy.pth"]) {
    const bytes = await Deno.readFile(fixture(name));
    for (let length = 0; length < bytes.length; length += 3) {
      const error = assertThrows(() => parsePth(bytes.slice(0, length), name), SyntaxError);
      assertMatch(error.message, new RegExp(`^Cannot read ${name}: `));
    }
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at] ^= 0x11;
      try {
        parsePth(damaged, name);
      } catch (error) {
        assert(error instanceof SyntaxError, `byte ${at}: ${error}`);
      }
    }
  }
});

Deno.test("readWeights: the content says what a file is", async () => {
  const path = await Deno.makeTempFile({ suffix: ".pth" });
  for (const name of ["zip.pth", "legacy.pth"]) {
    const file = await readWeights(fixture(name));
    assertEquals(file, await readPth(fixture(name)));
    await writeSafetensors(path, file.tensors, file.metadata);
    assertEquals(Object.fromEntries((await readWeights(path)).tensors), {
      ...Object.fromEntries(file.tensors),
    });
  }
  await Deno.remove(path);
  await assertRejects(() => readWeights(fixture("grey8.png")), InputError, "no safetensors file");
});

Deno.test("what lies in the place of weights is named", () => {
  const header = '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
  const cases = [
    ["", "it is empty"],
    ["PK", "it has no more than 2 bytes"],
    ["\x1f\x8b\b\0\0\0\0\0\0\x03", "packed by gzip"],
    ["\n<!DOCTYPE html><html>", "a web page"],
    ["version https://git-lfs.github.com/spec/v1\noid sha256:0", "a note of Git LFS"],
    ["\x80\x04}q\0(pickled", "no checkpoint of PyTorch"],
    [`\xff\0\0\0\0\0\0\0${header}`, "its header is truncated"],
  ];
  for (const [text, reason] of cases) {
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    const { message } = assertThrows(() => parseWeights(bytes, "net.pth"), SyntaxError);
    assertStringIncludes(message, "Cannot read net.pth: it");
    assertStringIncludes(message, reason);
  }
});
