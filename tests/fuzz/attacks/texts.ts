import { encodeSafetensors } from "../../../src/weights/safetensors.ts";
import { joined, little } from "../../bytes.ts";
import { type Attack, blanks, text } from "./attack.ts";

/** Labels, lists, settings and headers that take a careless reader long. */
export function texts(): Attack[] {
  const xml = ["annotation.xml"];
  const labels = ["labels.csv", "labels.txt", "known labels"];
  const json = [
    "labels.json",
    "json",
    "latest.json",
    "best.json",
    "model.json",
    "config.json",
    "options.json",
  ];
  const nested = (times: number) => "[".repeat(times) + "]".repeat(times);
  const object = (times: number) => '{"a":'.repeat(times) + "1" + "}".repeat(times);
  const safe = (head: string) => joined([little(head.length, 8), head]);
  const many = new Map(Array.from({ length: 20_000 }, (_, i) => {
    return [`t${i}`, { dtype: "F32", shape: [0], data: new Float32Array() } as const];
  }));
  const made: readonly [string, string[], () => Uint8Array<ArrayBuffer>][] = [
    ["XML of blanks", xml, text(`<annotation>${blanks(3_000_000)}<object>`)],
    ["XML of objects that stay open", xml, text(`<annotation>${"<object>".repeat(200_000)}`)],
    ["XML of names", xml, text(`<annotation><object>${"<name>".repeat(200_000)}`)],
    ["XML of blanks in names", xml, text(`<annotation><object><name>${blanks(2_000_000)}x`)],
    ["XML of references", xml, text(`<annotation>${"&".repeat(500_000)}</annotation>`)],
    ["XML of comments", xml, text(`<annotation>${"<!--".repeat(300_000)}`)],
    ["one id on 20,000 lines", labels, text("a,cat\n".repeat(20_000))],
    ["one id on 20,000 lines of blanks", labels, text("a cat dog\n".repeat(20_000))],
    ["a quote that stays open", labels, text(`a,"${"x\n".repeat(500_000)}`)],
    ["quotes", labels, text(`a,${'"'.repeat(500_001)}`)],
    ["a row of commas", labels, text(`id${",".repeat(500_000)}\na${",".repeat(500_000)}`)],
    ["a cell of blanks", labels, text(`a,x${blanks(500_000)}y\nb,y`)],
    ["a cell of words", labels, text(`id,labels\na,${"cat sea lion ".repeat(50_000)}\nb,cat`)],
    ["a cell of bars", labels, text(`a,${"|".repeat(500_000)}`)],
    [
      "100,000 classes",
      labels,
      text(Array.from({ length: 100_000 }, (_, i) => `a,c${i}`).join("\n")),
    ],
    ["flags that end otherwise", ["flags"], text(`${"0 ".repeat(300_000)}x`)],
    ["a list of one image", ["list.txt"], text("a\n".repeat(20_000))],
    [
      "a line of endings",
      ["list.txt"],
      text(`${".jpg".repeat(100_000)} ${".png".repeat(100_000)}`),
    ],
    ["a line of blanks", ["list.txt", "classes.txt"], text(`a.jpg${blanks(500_000)}x`)],
    ["a line of dots", ["list.txt"], text("./".repeat(300_000))],
    ["a million classes", ["classes.txt"], text("a\n".repeat(1_000_000))],
    ["numbered blanks", ["classes.txt"], text(`1${blanks(300_000)}a${blanks(300_000)}1`)],
    ["deep JSON", json, text(nested(200_000))],
    ["deep objects", json, text(object(200_000))],
    ["deep labels", ["labels.json", "labels.jsonl"], text(`{"a": ${nested(100_000)}}`)],
    [
      "deep step",
      ["latest.json", "best.json"],
      text(`{"step": ${nested(90)}, "file": ${nested(90)}}`),
    ],
    ["deep header", ["safetensors", "weights"], () => safe(`{"a": ${nested(100_000)}}`)],
    [
      "deep type",
      ["safetensors", "weights"],
      () => safe(`{"a": {"dtype": ${nested(90)}, "shape": ${nested(90)}, "data_offsets": [0, 0]}}`),
    ],
    ["20,000 tensors", ["safetensors", "weights"], () => encodeSafetensors(many)],
    ["a header of blanks", ["safetensors", "weights"], () => safe(blanks(3_000_000))],
  ];
  return made.map(([name, kinds, bytes]) => ({ name, kinds, bytes }));
}
