import type { ImageLabels } from "../data/labels/labels.ts";
import type { Voc } from "../data/sets/voc.ts";
import { counted, listed } from "../files/listed.ts";

/**
 * Says what was understood of photographs, before there is work to lose: how many there are, the names
 * of their classes, where these and the image labels are from, with an example, in which labels of
 * another list of classes show, and what was left out.
 *
 * @param labels the image labels, where the command reads them
 */
export function sayData(
  log: (line: string) => void,
  { root, listName, items, classes, source, leftOut }: Voc,
  labels?: ImageLabels,
): void {
  const names = listed(classes.slice(1), 6);
  log(
    `${
      counted(items.length, "photograph")
    } of ${root} (${listName}), classes of ${source}: ${names}`,
  );
  if (labels) {
    const shown = items.map(({ id }) => labels.labels.get(id)!);
    const none = shown.filter(({ length }) => length === 0).length;
    const all = new Set(shown.flat());
    const unseen = classes.filter((_, index) => index > 0 && !all.has(index));
    const first = items.find((_, i) => shown[i].length > 0);
    const example = first && labels.labels.get(first.id)!.map((index) => classes[index]);
    const remarks = [
      ...(example ? [`${first.id} shows ${listed(example)}`] : []),
      ...(none > 0 ? [`photographs that show no class: ${none}`] : []),
      ...(unseen.length > 0 ? [`classes that no photograph shows: ${listed(unseen)}`] : []),
    ];
    log([`Image labels of ${labels.source}`, ...remarks].join("; "));
  }
  const all = new Set([...leftOut, ...labels?.leftOut ?? []]); // both may know of the same folder
  for (const what of all) log(`Left out: ${what}`);
}
