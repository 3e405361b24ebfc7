import { assertEquals } from "@std/assert";
import { assertClose, pull } from "../../tests/convolution.ts";
import { Device } from "../gpu/mod.ts";
import { parameter, read, type Tensor, tensor } from "../tensor/mod.ts";
import type { Entry } from "../weights/entry.ts";
import { parseSafetensors } from "../weights/safetensors.ts";
import { conv2d, convTranspose2d, matmul } from "./mod.ts";

const path = new URL("../../../shared/golden/ops.safetensors", import.meta.url);
const missing = !exists(path);
if (missing) console.warn(`golden values are not tested: no file ${path.pathname}`);
const golden: ReadonlyMap<string, Entry> = missing
  ? new Map()
  : parseSafetensors(Deno.readFileSync(path), "golden").tensors;

const cases: Record<string, (x: Tensor, w: Tensor, bias?: Tensor) => Tensor> = {
  conv_1x1: (x, w, bias) => conv2d(x, w, { bias }),
  conv_1x1_s2: (x, w, bias) => conv2d(x, w, { bias, stride: 2 }),
  conv_3x3: (x, w, bias) => conv2d(x, w, { bias, padding: 1 }),
  conv_3x3_d12: (x, w, bias) => conv2d(x, w, { bias, padding: 12, dilation: 12 }),
  conv_3x3_d2: (x, w, bias) => conv2d(x, w, { bias, padding: 2, dilation: 2 }),
  conv_3x3_s2: (x, w, bias) => conv2d(x, w, { bias, padding: 1, stride: 2 }),
  conv_7x7_s2: (x, w, bias) => conv2d(x, w, { bias, padding: 3, stride: 2 }),
  conv_asym: (x, w, bias) => conv2d(x, w, { bias }),
  convtranspose_2x2_s2: (x, w, bias) => convTranspose2d(x, w, { bias, stride: 2 }),
  matmul: (a, b) => matmul(a, b),
};

Deno.test({ name: "every golden convolution and product is tested", ignore: missing }, () => {
  const names = new Set([...golden.keys()].map((key) => key.split(".")[0]));
  const wanted = [...names].filter((name) => /^(conv|matmul)/.test(name)).sort();
  assertEquals(wanted, Object.keys(cases).sort());
});

for (const kernels of ["texels", "buffers"] as const) {
  Deno.test({ name: `convolutions are as PyTorch's (${kernels})`, ignore: missing }, async () => {
    using device = await Device.open({ kernels });
    for (const [name, compute] of Object.entries(cases)) {
      using _scope = device.scope();
      const entry = (key: string) => golden.get(`${name}.${key}`)!;
      const values = (key: string) => Float32Array.from(entry(key).data as Float32Array);
      const inputs: Tensor[] = [];
      for (let i = 0; golden.has(`${name}.in${i}`); i++) {
        inputs.push(parameter(device, values(`in${i}`), entry(`in${i}`).shape));
      }
      const [x, w, bias] = inputs;
      const y = compute(x, w, bias);
      assertEquals(y.shape, entry("out").shape);
      assertClose(`${name} out`, await read(y), values("out"), 1e-4);
      const dy = tensor(device, values("gout"), entry("gout").shape);
      for (const [i, input] of inputs.entries()) {
        const got = await read(pull(y, input, dy));
        assertClose(`${name} gin${i}`, got, values(`gin${i}`), 1e-4);
      }
    }
  });
}

function exists(url: URL): boolean {
  try {
    return Deno.statSync(url).isFile;
  } catch {
    return false;
  }
}
