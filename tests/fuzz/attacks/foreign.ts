import { ascii } from "../../bytes.ts";
import { zip } from "../../zip.ts";
import { type Attack, text, zeros } from "./attack.ts";

/** Sets of masks that state more than they hold, or shapes that take time. */
export function foreign(): Attack[] {
  const image = { id: 1, file_name: "a.jpg", width: 2 ** 14, height: 2 ** 13 };
  const categories = [{ id: 1, name: "cat" }];
  const coco = (segmentation: unknown, size = image, times = 1) =>
    text(JSON.stringify({
      ...{ images: [size], categories },
      annotations: new Array(times).fill({ image_id: 1, category_id: 1, segmentation }),
    }));
  const small = { ...image, width: 1, height: 9000 };
  const zigzag = Array.from({ length: 40_000 }, (_, i) => i % 4 < 2 ? 0 : 9000 + i);
  const brush = (rle: number[], original_width = 4, original_height = 3) =>
    text(JSON.stringify([{
      data: { image: "a.jpg" },
      annotations: [{
        result: [{ original_width, original_height, value: { rle, brushlabels: ["cat"] } }],
      }],
    }]));
  const map = { name: "labelmap.txt", content: ascii("cat:128,0,0::\n") };
  const bomb = { name: "SegmentationClass/a.png", content: zeros(80_000_000), deflate: true };
  const climbing = { name: "SegmentationClass/../../a.png", content: zeros(10) };
  return [
    { name: "COCO: a polygon to and fro", kinds: ["coco"], bytes: coco([zigzag], small) },
    {
      name: "COCO: 10^5 polygons",
      kinds: ["coco"],
      bytes: coco([[0, 0, 1, 0, 1, 1]], { ...image, width: 9, height: 9 }, 100_000),
    },
    {
      name: "COCO: runs of 10^15",
      kinds: ["coco"],
      bytes: coco({ size: [9000, 1], counts: [1e15] }, small),
    },
    {
      name: "COCO: text of runs without an end",
      kinds: ["coco"],
      bytes: coco({ size: [9000, 1], counts: "o".repeat(1e6) }, small),
    },
    {
      name: "Label Studio: 4 * 10^9 values",
      kinds: ["label studio"],
      bytes: brush([255, 255, 255, 255, 58, 0, 0, 0]),
    },
    {
      name: "Label Studio: runs that end",
      kinds: ["label studio"],
      bytes: brush([0, 0, 0, 48, 58, 0, 0]),
    },
    {
      name: "YAML of aliases",
      kinds: ["yolo"],
      bytes: text(
        `names: [&a [x, x, x, x, x, x, x, x, x, x],${
          " &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a],".repeat(30)
        } *b]`,
      ),
    },
    { name: "zip bomb for CVAT", kinds: ["cvat"], bytes: () => zip([map, bomb]) },
    { name: "zip that leads out", kinds: ["cvat"], bytes: () => zip([map, climbing]) },
  ];
}
