import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { entry } from "../../weights/entry.ts";
import { writeNpy } from "../../weights/npy.ts";
import { type CamOptions, readCam, writeCam } from "./cam.ts";
import { InputError } from "../../files/error.ts";

const fixture = (name: string): string =>
  fromFileUrl(new URL(`../../../tests/fixtures/${name}`, import.meta.url));
const ramp = (add: number, ...columns: number[]) => ({
  width: columns.length,
  height: 2,
  data: Float32Array.from([0, 3].flatMap((row) => columns.map((c) => (row + c) / 4 + add))),
});
const all = [0, 1, 2];

Deno.test("readCam: PSA's dictionaries, SSDD's, IRN's", async () => {
  const psa = await readCam(fixture("dict_protocol3.npy"), { classes: 21 });
  assertEquals(psa, new Map([[4, ramp(0, ...all)], [15, ramp(1, ...all)]]));
  const ssdd = await readCam(fixture("dict_protocol2.npy"), { keys: "classes" });
  assertEquals(ssdd, new Map([[3, ramp(0, ...all)], [14, ramp(1, ...all)]]));
  // high_res comes before the strided tensor of torch.
  assertEquals(await readCam(fixture("irn_cam.npy")), psa);
});

Deno.test("readCam: plain arrays need the image's classes", async () => {
  const path = fixture("plain_cam.npy");
  const keys = async (options: CamOptions) => [...(await readCam(path, options)).keys()];
  assertEquals(await keys({ labels: [15, 4] }), [0, 4, 15]);
  assertEquals(await keys({ labels: [1, 2, 7] }), [1, 2, 7]);
  assertEquals(await keys({ classes: 3 }), [0, 1, 2]);
  await refusal(path, { labels: [4] }, /3 maps without classes, but the image has 1 classes/);
  await refusal(path, {}, /3 maps without classes/);
});

async function refusal(path: string, options: CamOptions, reason: RegExp): Promise<void> {
  const error = await assertRejects(() => readCam(path, options), InputError);
  assertMatch(error.message, reason);
  assertMatch(error.message, new RegExp(`^Cannot [a-z ]+${path}: .*\\.$`));
}

Deno.test("writeCam and readCam are inverse", async () => {
  const path = await Deno.makeTempFile({ suffix: ".npy" });
  const maps = new Map([[1, ramp(0, ...all)], [20, ramp(-1, ...all)], [300 - 46, ramp(2, ...all)]]);
  await writeCam(path, maps);
  assertEquals(await readCam(path), maps);
  await writeCam(path, new Map());
  assertEquals(await readCam(path), new Map());
  await assertRejects(() => writeCam(path, new Map([[0, ramp(0, 1)]])), RangeError, "class 0");
  await Deno.remove(path);
});

Deno.test("arrays in half precision name their classes and stride, the background too", async () => {
  const path = await Deno.makeTempFile({ suffix: ".npy" });
  const strided = (map: ReturnType<typeof ramp>) => ({ ...map, stride: 8 });
  const maps = new Map([[0, strided(ramp(0, ...all))], [20, strided(ramp(-1, ...all))]]);
  await writeCam(path, new Map([...maps].reverse()), { form: "array" });
  // Neither the keys nor the labels of the options matter: the file knows.
  assertEquals(await readCam(path, { keys: "foreground", labels: [3] }), maps);
  await refusal(path, { classes: 20 }, /class 20 is not in 0\.\.19/);
  await writeCam(path, new Map([[2, ramp(1 / 3, ...all)]]), { form: "array" });
  const { data, stride } = (await readCam(path)).get(2)!;
  assertEquals([stride, ...data], [undefined, ...new Float16Array(ramp(1 / 3, ...all).data)]);
  await writeCam(path, new Map(), { form: "array" });
  assertEquals(await readCam(path), new Map());
  const mixed = new Map([[1, ramp(0, 1)], [2, strided(ramp(0, 1))]]);
  await assertRejects(() => writeCam(path, mixed, { form: "array" }), TypeError, "strides differ");
  await assertRejects(() => writeCam(path, mixed), TypeError, "a stride in a dictionary");
  const planes = entry([2, 1, 1], new Float32Array(2));
  await writeNpy(path, planes, 'henka scores {"classes":[1]}');
  await refusal(path, { labels: [1, 2] }, /2 planes for the 1 classes it names/);
  for (const note of ['{"classes":[-1,2]}', '{"classes":[1,2],"stride":0}', "{"]) {
    await writeNpy(path, planes, `henka scores ${note}`);
    await refusal(path, {}, /its header .* is damaged/);
  }
  await Deno.remove(path);
});

Deno.test("writeCam: SSDD's keys have the background", async () => {
  const path = await Deno.makeTempFile({ suffix: ".npy" });
  const maps = new Map([[0, ramp(0, ...all)], [3, ramp(1, ...all)]]);
  await writeCam(path, maps, { keys: "classes" });
  assertEquals(await readCam(path, { keys: "classes" }), maps);
  await Deno.remove(path);
});

Deno.test("readCam: damage, other contents and impossible scores are refused by name", async () => {
  await refusal(fixture("dict_protocol2.npy"), { classes: 15 }, /class 15 is not in 0\.\.14/);
  await refusal(fixture("cls_labels.npy"), {}, /item 2007_000063 is no map/);
  await refusal(fixture("f4.npy"), {}, /shape \[2,3\], not C,H,W/);
  await refusal(fixture("grey8.png"), {}, /no \.npy file/);
  await refusal("none.npy", {}, /no such file/);
  const path = await Deno.makeTempFile({ suffix: ".npy" });
  await writeCam(path, new Map([[1, ramp(0, 1)], [2, ramp(0, 1, 2)]]));
  await refusal(path, {}, /class 2 is 2x2, but another is 1x2/);
  await writeCam(path, new Map([[1, ramp(NaN, 1)]]));
  await refusal(path, {}, /class 1 has scores that are not finite/);
  await writeNpy(path, entry([1, 0, 3], new Float32Array()));
  await refusal(path, { labels: [1] }, /class 1 has the shape \[0,3\]/);
  await Deno.remove(path);
});

Deno.test("readCam: maps of the size that they have in practice", async () => {
  const maps = await readCam(fixture("dict_large.npy"));
  assertEquals([...maps.keys()], [9, 12]);
  const data = Float32Array.from({ length: 72 }, (_, i) => i / 4);
  assertEquals(maps.get(9), { width: 9, height: 8, data });
  assertEquals(maps.get(12), { width: 9, height: 8, data: data.map((v) => v + 1) });
});
