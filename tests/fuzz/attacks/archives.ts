import { ascii, joined, little } from "../../bytes.ts";
import { type Packed, zip } from "../../zip.ts";
import { type Attack, zeros } from "./attack.ts";

/** Archives that unpack to more than memory holds. */
export function archives(): Attack[] {
  const bomb = (length: number, claim?: number): Packed => ({
    name: "a.npy",
    content: zeros(length),
    deflate: true,
    claim,
  });
  const pth = (name: string) => ({ ...bomb(100_000_000), name });
  const kinds = ["npz", "pth", "weights"];
  return [
    { name: "archive of zeros", kinds, bytes: () => zip([bomb(100_000_000), pth("x/data.pkl")]) },
    {
      name: "archive of many zeros",
      kinds,
      bytes: () =>
        zip(Array.from({ length: 20 }, (_, i) => ({ ...bomb(50_000_000), name: `${i}.npy` }))),
    },
    { name: "archive that unpacks to more", kinds, bytes: () => zip([bomb(100_000_000, 1000)]) },
    {
      name: "archive of 65,535 files",
      kinds,
      bytes: () =>
        zip(Array.from({ length: 65_535 }, (_, i) => ({ name: `${i}`, content: zeros(0) }))),
    },
    { name: "archive of a file in itself", kinds, bytes: overlapping },
  ];
}

/** An archive whose directory lists the bytes of one file 2,000 times. */
function overlapping(): Uint8Array<ArrayBuffer> {
  const one = zip([{ name: "a.npy", content: zeros(30_000_000), deflate: true }]);
  const view = new DataView(one.buffer);
  const [length, at] = [
    view.getUint32(one.length - 10, true),
    view.getUint32(one.length - 6, true),
  ];
  const entry = one.slice(at, at + length);
  const entries = Array.from({ length: 2000 }, (_, i) => {
    const named = entry.slice();
    named.set(ascii(String(10_000 + i)), named.length - 5);
    return named;
  });
  const count = little(2000, 2);
  const end = [little(0, 4), count, count, little(2000 * length, 4), little(at, 4), little(0, 2)];
  return joined([one.subarray(0, at), ...entries, "PK\x05\x06", ...end]);
}
