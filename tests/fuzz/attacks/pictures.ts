import { deflateSync } from "node:zlib";
import { joined, little } from "../../bytes.ts";
import { chunk, framed, header, png } from "../../png.ts";
import { type Attack, zeros } from "./attack.ts";

/** Pictures whose headers promise more than they hold, or that unpack to too much. */
export function pictures(): Attack[] {
  const kinds = ["image", "size", "mask", "mask of 21"];
  const rgb = { width: 1, height: 1, color: 2 } as const;
  const bomb = () => deflateSync(zeros(100_000_000));
  const withChunk = (type: string, start: string) => () =>
    png(rgb, [[1, 2, 3]], [chunk(type, joined([start, bomb()]))]);
  const large = { ...rgb, width: 16_000, height: 16_000 };
  // A header of 65,500 x 4,000 pixels over no data; 5,000 empty scans.
  const frame = "\xff\xc2\0\x11\x08\x0f\xa0\xff\xdc\x03\x01\x22\0\x02\x11\x01\x03\x11\x01";
  const scan = "\xff\xda\0\x0c\x03\x01\0\x02\x11\x03\x11\0\x3f\0\0";
  return [
    {
      name: "PNG that unpacks to more",
      kinds,
      bytes: () => framed([header(rgb), chunk("IDAT", bomb())]),
    },
    { name: "PNG profile bomb", kinds, bytes: withChunk("iCCP", "x\0\0") },
    { name: "PNG text bomb", kinds, bytes: withChunk("zTXt", "Raw profile type exif\0\0") },
    {
      name: "PNG that claims to be large",
      kinds,
      bytes: () => framed([header(large), chunk("IDAT", "x")]),
    },
    {
      name: "PNG of many chunks",
      kinds,
      bytes: () => png(rgb, [[1, 2, 3]], new Array(50_000).fill(chunk("tEXt", ""))),
    },
    {
      name: "PNG of many pieces",
      kinds,
      bytes: () => framed([header(rgb), ...new Array(50_000).fill(chunk("IDAT", ""))]),
    },
    {
      name: "JPEG that claims to be large",
      kinds,
      bytes: () => joined(["\xff\xd8", frame, scan, zeros(1000), "\xff\xd9"]),
    },
    {
      name: "JPEG of many scans",
      kinds,
      bytes: () => joined(["\xff\xd8", frame, ...new Array(5000).fill(scan), "\xff\xd9"]),
    },
    {
      name: "WebP that claims to be large",
      kinds,
      bytes: () =>
        joined(["RIFF", little(18, 4), "WEBPVP8L", little(6, 4), "\x2f\xff\xff\xff\x0f\0"]),
    },
    { name: "TIFF that unpacks to more", kinds, bytes: () => tiff(4, 4, 1, bomb()) },
    {
      name: "TIFF that claims to be large",
      kinds,
      bytes: () => tiff(2 ** 14, 2 ** 14, 1, zeros(99)),
    },
    {
      name: "TIFF of 2^20 strips in one place",
      kinds,
      bytes: () => tiff(1, 2 ** 20, 2 ** 20, bomb().subarray(0, 5000)),
    },
    {
      name: "JPEG of two bytes of EXIF",
      kinds,
      bytes: () => joined(["\xff\xd8\xff\xe1\0\x04Ex", frame]),
    },
    {
      name: "JPEG of many markers",
      kinds,
      bytes: () => joined(["\xff\xd8", "\xff\xe1\0\x08Exif\0\0".repeat(100_000)]),
    },
    {
      name: "JPEG of nothing but markers",
      kinds,
      bytes: () => joined(["\xff\xd8", zeros(500_000).fill(0xff)]),
    },
  ];
}

/** A grey TIFF of deflated strips, all of which are the same. */
function tiff(width: number, height: number, strips: number, strip: Uint8Array) {
  const [places, sizes] = [8 + strip.length, 8 + strip.length + 4 * strips];
  const at = sizes + 4 * strips;
  const list = (value: number) => new Uint8Array(new Uint32Array(strips).fill(value).buffer);
  const field = (tag: number, value: number, count = 1) =>
    joined([little(tag, 2), little(4, 2), little(count, 4), little(value, 4)]);
  const fields = [
    ...[field(256, width), field(257, height), field(258, 8), field(259, 8), field(262, 1)],
    field(273, strips > 1 ? places : 8, strips),
    field(278, Math.ceil(height / strips)),
    field(279, strips > 1 ? sizes : strip.length, strips),
  ];
  const head = joined(["II*\0", little(at, 4), strip, list(8), list(strip.length)]);
  return joined([head, little(fields.length, 2), ...fields]);
}
