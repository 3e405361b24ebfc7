import { assertEquals, assertRejects } from "@std/assert";
import { InputError } from "../files/error.ts";
import { DeviceError } from "../gpu/error.ts";
import { LimitError, NarrowKernelError } from "../wgsl/crf_lattice/features.ts";
import { mistakeOf } from "./mistake.ts";

Deno.test("mistakeOf: what was given, what the system refuses and what is beyond a device, in one line", () => {
  assertEquals(
    mistakeOf(new InputError("Cannot read x: it is not y.")),
    "Cannot read x: it is not y.",
  );
  assertEquals(mistakeOf(new DeviceError("Cannot open a GPU:\n  none")), "Cannot open a GPU: none");
  assertEquals(mistakeOf(new SyntaxError("Cannot read a.npy: cut")), "Cannot read a.npy: cut");
  assertEquals(mistakeOf(new LimitError("Cannot run a CRF: no")), "Cannot run a CRF: no.");
  assertEquals(
    mistakeOf(new NarrowKernelError("colour", 0.1, [48, 36], 0.28)),
    "Cannot use --crf-colour-width 0.1: it is too small for a photograph of 48 x 36 pixels. " +
      "Give 0.28 or more.",
  );
  const full = Object.assign(new Error("No space left on device (os error 28): write 'a/b.png'"), {
    code: "ENOSPC",
  });
  assertEquals(
    mistakeOf(full),
    "Cannot use a/b.png: no space is left on the disk. Free some space or choose another folder.",
  );
});

Deno.test("mistakeOf: a missing file as Deno tells it", async () => {
  const error = await assertRejects(() => Deno.readFile("no/such/file"));
  assertEquals(mistakeOf(error), "Cannot use no/such/file: there is none. Check the path.");
  assertEquals(mistakeOf(new Deno.errors.NotFound("3.jpg: no such file")), "3.jpg: no such file");
});

Deno.test("mistakeOf: anything else is a defect of the program", () => {
  for (const error of [new RangeError("x"), new TypeError("x"), new Error("x"), "x", undefined]) {
    assertEquals(mistakeOf(error), undefined);
  }
});
