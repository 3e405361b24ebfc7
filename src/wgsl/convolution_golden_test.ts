import { assertEquals } from "@std/assert";
import { assertClose, pull } from "../../tests/convolution.ts";
import { Golden } from "../../tests/golden.ts";
import { Device } from "../gpu/mod.ts";
import { parameter, read, type Tensor } from "../tensor/mod.ts";
import { conv2d, convTranspose2d, matmul } from "./mod.ts";

const golden = new Golden("ops");

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

Deno.test("every golden convolution and product is tested", () => {
  const names = new Set([...golden.tensors.keys()].map((key) => key.split(".")[0]));
  const wanted = [...names].filter((name) => /^(conv|matmul)/.test(name)).sort();
  assertEquals(wanted, Object.keys(cases).sort());
});

for (const kernels of ["texels", "buffers"] as const) {
  Deno.test(`convolutions are as PyTorch's (${kernels})`, async () => {
    using device = await Device.open({ kernels });
    for (const [name, compute] of Object.entries(cases)) {
      using _scope = device.scope();
      const shape = (key: string) => golden.shape(`${name}.${key}`);
      const values = (key: string) => golden.values(`${name}.${key}`);
      const inputs: Tensor[] = [];
      for (let i = 0; golden.tensors.has(`${name}.in${i}`); i++) {
        inputs.push(parameter(device, values(`in${i}`), shape(`in${i}`)));
      }
      const [x, w, bias] = inputs;
      const y = compute(x, w, bias);
      assertEquals(y.shape, shape("out"));
      assertClose(`${name} out`, await read(y), values("out"), 1e-4);
      const dy = golden.tensor(device, `${name}.gout`);
      for (const [i, input] of inputs.entries()) {
        const got = await read(pull(y, input, dy));
        assertClose(`${name} gin${i}`, got, values(`gin${i}`), 1e-4);
      }
    }
  });
}
