import { encodeBinary } from "@thi.ng/rle-pack/binary";
import { deflateSync } from "node:zlib";
import { encodeImage } from "../../src/data/images/image.ts";
import { encodeMask } from "../../src/data/masks/mask.ts";
import { encodeNoted } from "../../src/data/scores/noted_scores.ts";
import { type Entry, entry } from "../../src/weights/entry.ts";
import { encodeNpy } from "../../src/weights/npy.ts";
import { encodeSafetensors } from "../../src/weights/safetensors.ts";
import { encodeDictionary } from "../../src/weights/write_dictionary.ts";
import { ascii, joined } from "../bytes.ts";
import { mxnetFile } from "../layout_files.ts";
import { chunk, exif, png } from "../png.ts";
import { zip } from "../zip.ts";

/** A small valid file, and the kinds of file that it may be read as. */
export interface Seed {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly kinds: readonly string[];
}

/** A `.params` file of MXNet with its three forms of arrays. */
const params = mxnetFile(
  new Map(["arg:a_weight", "arg:b_weight", "aux:b_moving_mean"].map((name) => [
    name,
    entry([2, 1], new Float32Array([1, 2])),
  ])),
);

const text = (name: string, content: string, ...kinds: string[]): Seed => {
  return { name, bytes: new TextEncoder().encode(content), kinds };
};

/** Tables of labels as users have them, with and without headings. */
const tables = [
  "image,cat,dog\na.png,1,0\nb.png,0,1\nc.png,1,1\n",
  "image;cat;dog\r\na.png;True;False\r\nb.png;False;True\r\nc.png;;\r\n",
  "fname,labels,is_valid\na.png,cat dog,True\nb.png,cat,False\nc.png,dog,True\n",
  "Image Index,Finding Labels\na.png,Effusion|Mass\nb.png,No Finding\nc.png,Mass\n",
  "ImageID,Source,LabelName,Confidence\na,human,cat,1\nb,human,dog,1\nc,human,cat,0\n",
  'a\t"cat, big"\tdog\nb\tdog\nc\t\n',
  '"a","horse ""x""\nperson"\nb,cat;dog\nc,-1\n',
  ",fname,label\n0,a.png,cat\n1,b.png,dog\n2,c.png,1\n",
];

const samples = { width: 4, height: 3, data: Uint8Array.from({ length: 36 }, (_, i) => 7 * i) };
const map = { width: 3, height: 2, data: Float32Array.from([0, 0.5, 1, 0.25, 0.75, 0.125]) };

/** All the seeds: those made here, and those of the fixtures. */
export async function seeds(): Promise<readonly Seed[]> {
  const fixtures = new URL("../fixtures/", import.meta.url);
  const kindOf: readonly [RegExp, string[]][] = [
    [/^cls_labels.*\.npy$/, ["cls_labels.npy", "npy"]],
    [/\.npy$/, ["scores", "npy"]],
    [/\.npz$/, ["npz"]],
    [/\.pth$/, ["pth", "weights"]],
    [/\.pickle$/, ["pickle"]],
    [/\.(jpg|webp|tif)$/, ["image", "size"]],
    [/\.png$/, ["image", "size", "mask", "mask of 21", "mask of values"]],
  ];
  const found: Seed[] = [];
  for (const { name } of [...Deno.readDirSync(fixtures)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    const kinds = kindOf.find(([end]) => end.test(name))?.[1];
    if (!kinds) continue;
    const bytes = await Deno.readFile(new URL(name, fixtures));
    if (bytes.length < 100_000) found.push({ name, bytes, kinds });
  }
  const mxnet = { name: "params", bytes: params, kinds: ["weights"] };
  return [...found, mxnet, ...pictures(), ...arrays(), ...texts(), ...foreign()];
}

function pictures(): Seed[] {
  const kinds = ["image", "size", "mask", "mask of 21", "mask of values"];
  const rgb = { width: 2, height: 2, color: 2 } as const;
  const rows = [[255, 0, 0, 0, 0, 255], [0, 0, 0, 128, 0, 0]];
  const profile = chunk("iCCP", joined(["x\0\0", deflateSync(new Uint8Array(500))]));
  const raw = `Raw profile type exif\0\0`;
  const remark = chunk(
    "zTXt",
    joined([raw, deflateSync(ascii(`\nexif\n 26\n${exif(6).toHex()}\n`))]),
  );
  return [
    { name: "rgb.png", bytes: encodeImage(samples), kinds },
    {
      name: "chunks.png",
      bytes: png(rgb, rows, [profile, chunk("eXIf", exif(6))], [remark]),
      kinds,
    },
    { name: "mask.png", bytes: encodeMask({ width: 6, height: 6, data: samples.data }), kinds },
  ];
}

function arrays(): Seed[] {
  const plane = { dtype: "F32", shape: [2, 3], data: map.data } as const;
  const tensors = new Map<string, Entry>([["conv.weight", plane], ["conv.bias", {
    ...plane,
    shape: [6],
  }]]);
  const packed = [
    { name: "a.npy", content: encodeNpy(plane) },
    { name: "b.npy", content: encodeNpy(plane), deflate: true },
  ];
  const scores = ["scores", "npy"];
  return [
    { name: "noted.npy", bytes: encodeNoted(new Map([[0, map], [8, map]])), kinds: scores },
    { name: "psa.npy", bytes: encodeDictionary(new Map([[7, plane], [11, plane]])), kinds: scores },
    { name: "two.npz", bytes: zip(packed), kinds: ["npz"] },
    {
      name: "two.safetensors",
      bytes: encodeSafetensors(tensors, { step: "7" }),
      kinds: ["safetensors", "weights"],
    },
  ];
}

/** Sets of masks as other programs write them. */
function foreign(): Seed[] {
  const image = { id: 1, file_name: "a.jpg", width: 4, height: 3 };
  const ring = [0, 0, 3, 0, 3, 2.5, 0, 2];
  const coco = {
    images: [image],
    categories: [{ id: 3, name: "cat" }, { id: 5, name: "dog" }],
    annotations: [
      { image_id: 1, category_id: 3, segmentation: [ring] },
      { image_id: 1, category_id: 5, segmentation: { size: [3, 4], counts: [2, 4, 6] } },
      { image_id: 1, category_id: 5, segmentation: { size: [3, 4], counts: "246" } },
    ],
  };
  const points = [[0, 0], [50, 0], [50, 70]];
  const size = { original_width: 4, original_height: 3 };
  const rle = [...encodeBinary(new Uint8Array(48).fill(255, 8, 20), 48)];
  const studio = [{
    data: { image: "/data/upload/1/0a1b2c3d-a.jpg" },
    annotations: [{
      result: [
        { type: "brushlabels", ...size, value: { format: "rle", rle, brushlabels: ["cat"] } },
        { type: "polygonlabels", ...size, value: { points, polygonlabels: ["dog"] } },
      ],
    }],
  }];
  const mask = encodeMask({ width: 4, height: 3, data: new Uint8Array(12).fill(1, 3, 7) });
  const shapes = [
    { label: "cat", points, shape_type: "polygon" },
    { label: "dog", points: [[0, 0], [2, 2]], shape_type: "rectangle" },
    { label: "dog", points: [[1, 1], [2, 2]], shape_type: "circle" },
    { label: "cat", points: [[0, 0], [4, 3]], shape_type: "mask", mask: mask.toBase64() },
  ];
  const labelme = { shapes, imagePath: "a.jpg", imageWidth: 4, imageHeight: 3 };
  const labelmap = "# label:color_rgb:parts:actions\nbackground:0,0,0::\ncat:128,0,0::\n";
  const members = [
    { name: "labelmap.txt", content: new TextEncoder().encode(labelmap) },
    { name: "SegmentationClass/a.png", content: mask, deflate: true },
    { name: "JPEGImages/a.png", content: mask },
  ];
  return [
    text("coco", JSON.stringify(coco), "coco", "json"),
    text("label studio", JSON.stringify(studio), "label studio"),
    text("labelme", JSON.stringify(labelme), "labelme"),
    text("yolo", "0 0 0 1 0 1 1 0 1\n1 0.25 0.25 0.75 0.3 0.5 0.9\n", "yolo"),
    text("data.yaml", "names:\n  0: cat\n  1: dog\n", "yolo"),
    text("labelmap", labelmap, "labelmap.txt"),
    text("values", "id,name\n7,cat\ndog 8\n0,void\n", "table.csv"),
    { name: "cvat.zip", bytes: zip(members), kinds: ["cvat"] },
  ];
}

function texts(): Seed[] {
  const latest = '{"step": 2, "file": "step-00000002.safetensors"}';
  const best = '{"step": 2, "file": "step-00000002.safetensors", "name": "mIoU", "score": 0.5}';
  const model = '{"network": "compact", "classes": ["background", "cat"], "imageSize": 32}';
  const xml =
    '<?xml version="1.0"?>\n<annotation>\n<size><width>4</width></size>\n<object id="1">' +
    "<name>cat</name><part><name>head</name></part><bndbox><xmin>1</xmin></bndbox></object>" +
    "<!-- end --></annotation>\n";
  return [
    ...tables.map((table, i) =>
      text(`table ${i}`, table, "labels.csv", "known labels", "labels.txt")
    ),
    text("lines", "a cat dog\nb\nc 1 sea_lion\n", "labels.txt", "known labels"),
    text("labels.json", '{"a": ["cat"], "b.png": [], "c": ["dog", "cat"]}', "labels.json"),
    text(
      "list.json",
      '[{"id": "a", "classes": ["cat"]}, {"id": "b", "labels": []}]',
      "labels.json",
    ),
    text(
      "labels.jsonl",
      '{"id":"a","classes":["cat"]}\n{"id":"b","labels":["x"]}\n',
      "labels.jsonl",
    ),
    text("flags", "0 1\n1.0 0.0\n0,0\n", "flags"),
    text("annotation", xml, "annotation.xml"),
    text("classes", "__ignore__\n_background_\ncat\npotted plant\n", "classes.txt"),
    text("numbered", "0: background\n1: cat\n2: dog\n", "classes.txt"),
    text("list", "a\r\nb.png\n/JPEGImages/c.png /SegmentationClass/c.png\n", "list.txt"),
    text("latest", latest, "latest.json", "json"),
    text("best", best, "best.json", "json"),
    text("model", model, "model.json", "json"),
    text("options", '{"beta": 8, "scales": [1, 2]}', "options.json", "json"),
    text("config", '{"data": "set", "steps": 7, "nested": {"a": [1, 2, null]}}', "config.json"),
  ];
}
