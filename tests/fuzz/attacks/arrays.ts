import { encodeDictionary } from "../../../src/weights/write_dictionary.ts";
import { joined, little } from "../../bytes.ts";
import { type Attack, blanks, zeros } from "./attack.ts";

/** A .npy file of version 2 with the header as it is. */
function npy(head: string, content: Uint8Array = zeros(0)): Uint8Array<ArrayBuffer> {
  return joined(["\x93NUMPY\x02\0", little(head.length, 4), head, content]);
}

/** Arrays of NumPy with headers that take time, or shapes of nothing. */
export function arrays(): Attack[] {
  const kinds = ["npy", "scores", "cls_labels.npy"];
  const head = (descr: string, shape: string) =>
    `{'descr': '${descr}', 'fortran_order': True, 'shape': (${shape}), }`;
  const made: readonly [string, () => Uint8Array<ArrayBuffer>][] = [
    ["header of blanks", () => npy(`{'descr': '<f4'}${blanks(4_000_000)}x`)],
    [
      "header of 64 KiB of blanks",
      () => npy(`${head("|u1", "0,")}${blanks(65_000)}#${blanks(400)}`),
    ],
    ["header of names", () => npy("'descr': '".repeat(6000))],
    ["types of every object", () => npy(head("<constructor", "1,"))],
    ["type __proto__", () => npy(head("<__proto__", "1,"))],
    ["type toString", () => npy(head("<toString", "1,"))],
    ["10^9 planes of nothing", () => npy(head("<f4", "1000000000, 0, 5"))],
    ["a shape beyond numbers", () => npy(head("<f4", "99999999999999999999, 99999999999"))],
    ["60,000 axes", () => npy(head("|u1", "1,".repeat(30_000)), zeros(1))],
    ["one array of 254 classes", () => oneArray(254)],
  ];
  return made.map(([name, bytes]) => ({ name: `.npy: ${name}`, kinds, bytes }));
}

/** A dictionary of classes that all have the same map of a million doubles. */
function oneArray(classes: number): Uint8Array<ArrayBuffer> {
  const plane = { dtype: "F64", shape: [1000, 250], data: new Float64Array(250_000) } as const;
  const bytes = encodeDictionary(new Map([[0, plane]]));
  // Behind the array: MEMOIZE it; then each class is its number and the array again.
  const end = bytes.length - 5; // u e . of the dictionary and its list, and t b of the outer array
  const more = Array.from({ length: classes - 1 }, (_, i) => ["J", little(i + 1, 4), "h\0"]).flat();
  return joined([bytes.subarray(0, end), "q\0", ...more, bytes.subarray(end)]);
}
