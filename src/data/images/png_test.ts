import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { deflateSync } from "node:zlib";
import { ascii, joined } from "../../../tests/bytes.ts";
import { chunk, exif, framed, header, type Kind, png } from "../../../tests/png.ts";
import { InputError } from "../../files/error.ts";
import { decodeImage } from "./image.ts";

const rgb: Kind = { width: 2, height: 1, color: 2 };
const [red, blue] = [[255, 0, 0], [0, 0, 255]];

async function colours(bytes: Uint8Array): Promise<number[]> {
  return [...(await decodeImage(bytes, "x.png")).data];
}

async function refusal(bytes: Uint8Array): Promise<string> {
  return (await assertRejects(() => decodeImage(bytes, "x.png"), InputError)).message;
}

Deno.test("decodePng: chunks that change no pixel are not looked into", async () => {
  const odd: readonly [string, string][] = [
    ["iCCP", "x\0\0no profile"],
    ["iCCP", ""],
    ["pHYs", "\0\0\0\x01"],
    ["tEXt", "no end of the name"],
    ["zTXt", "a\0\0broken"],
    ["tIME", "\x01"],
    ["gAMA", ""],
    ["acTL", "\0\0\0\x01"],
    ["eXIf", "MM"],
    ["prVt", "hello"],
    ["PLTE", "\x01\x02\x03"], // what a picture of many colours may be reduced to
    ["tRNS", "\0\x01"],
  ];
  for (const [type, content] of odd) {
    for (const place of [[[chunk(type, content)], []], [[], [chunk(type, content)]]] as const) {
      assertEquals(await colours(png(rgb, [[...red, ...blue]], ...place)), [...red, ...blue], type);
    }
    const rgba = png({ ...rgb, color: 6 }, [[...red, 255, ...blue, 255]], [chunk(type, content)]);
    assertEquals(await colours(rgba), [...red, ...blue], type);
  }
});

Deno.test("decodePng: data in pieces, with more behind them, and behind the end", async () => {
  const data = deflateSync(Uint8Array.of(0, ...red, ...blue));
  const pieces = [data.subarray(0, 3), new Uint8Array(), data.subarray(3), ascii("more")];
  const whole = framed([header(rgb), ...pieces.map((piece) => chunk("IDAT", piece))]);
  assertEquals(await colours(joined([whole, ascii("<html>")])), [...red, ...blue]);
});

Deno.test("decodePng: interlaced at every depth", async () => {
  // Passes 1, 4, 6 and 7 hold (0,0), (2,0), (1,0) and the second row.
  const grey: Kind = { width: 3, height: 2, color: 0, interlaced: true };
  const rows = {
    1: [[0x80], [0x80], [0x00], [0x40]],
    2: [[0xc0], [0xc0], [0x00], [0x30]],
    4: [[0xf0], [0xf0], [0x00], [0x0f, 0x00]],
    8: [[255], [255], [0], [0, 255, 0]],
    16: [[255, 255], [255, 255], [0, 0], [0, 0, 255, 255, 0, 0]],
  };
  for (const [depth, passes] of Object.entries(rows)) {
    const found = await colours(png({ ...grey, depth: Number(depth) }, passes));
    assertEquals(found.filter((_, i) => i % 3 === 0), [255, 0, 255, 0, 255, 0], `${depth} bits`);
  }
});

Deno.test("decodePng: EXIF orientation, as eXIf, as ImageMagick's text and as XMP", async () => {
  // Held as 6 or 8, a row of red and blue is a column; 3 swaps them.
  const [along, against] = [[...red, ...blue], [...blue, ...red]];
  const shown: Record<number, readonly [number, number[]]> = {
    1: [2, along],
    3: [2, against],
    6: [1, along],
    8: [1, against],
    9: [2, along],
  };
  for (const [orientation, [width, expected]] of Object.entries(shown)) {
    const held = Number(orientation);
    const raw = `\nexif\n 26\n${exif(held).toHex()}\n`;
    const said = [
      chunk("eXIf", exif(held)),
      chunk("eXIf", exif(held, true)),
      chunk("eXIf", joined([ascii("Exif\0\0"), exif(held)])),
      chunk("tEXt", `Raw profile type exif\0${raw}`),
      chunk("zTXt", joined([ascii("Raw profile type exif\0\0"), deflateSync(ascii(raw))])),
      chunk("iTXt", `XML:com.adobe.xmp\0\0\0\0\0<x tiff:Orientation="${orientation}"/>`),
    ];
    for (const piece of said) {
      for (const place of [[[piece], []], [[], [piece]]] as const) {
        const image = await decodeImage(png(rgb, [along], ...place), "x.png");
        assertEquals([image.width, [...image.data]], [width, expected], orientation);
      }
    }
  }
});

Deno.test("decodePng: a bomb is refused before it fills the memory", async () => {
  const packed = deflateSync(new Uint8Array(100_000_000));
  const bomb = framed([header({ width: 1, height: 1, color: 2 }), chunk("IDAT", packed)]);
  assertMatch(await refusal(bomb), /its data unpack to more than its header declares/);
  const claim = framed([header({ width: 16000, height: 16000, color: 2 }), chunk("IDAT", "short")]);
  assertMatch(await refusal(claim), /it is damaged or truncated/);
  // A profile or a text is never unpacked.
  for (const [type, name] of [["iCCP", "x\0\0"], ["zTXt", "Comment\0\0"]]) {
    const with_ = png(rgb, [[...red, ...blue]], [chunk(type, joined([ascii(name), packed]))]);
    assertEquals(await colours(with_), [...red, ...blue]);
  }
});

Deno.test("decodePng: a file that ends early is refused", async () => {
  const rest = [chunk("tEXt", "Comment\0here")];
  const whole = png({ ...rgb, height: 2 }, [[...red, ...blue], [...blue, ...red]], [], rest);
  for (let end = 8; end < whole.length; end++) {
    assertMatch(await refusal(whole.subarray(0, end)), /truncated/);
  }
  const row = framed([header(rgb), chunk("IDAT", deflateSync(Uint8Array.of(0, ...red)))]);
  assertMatch(await refusal(row), /truncated/);
});

Deno.test("decodePng: of an animation no frame is guessed; one frame is a picture", async () => {
  const animated = (frames: number) => {
    const content = new Uint8Array(8);
    new DataView(content.buffer).setUint32(0, frames);
    return png(rgb, [[...red, ...blue]], [chunk("acTL", content)]);
  };
  assertEquals([...(await decodeImage(animated(1), "a.png")).data], [...red, ...blue]);
  for (const frames of [2, 256]) {
    const { message } = await assertRejects(
      () => decodeImage(animated(frames), "a.png"),
      InputError,
    );
    assertMatch(message, /it is an animation/);
  }
});
