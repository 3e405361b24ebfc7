import { looksLikeSeveral } from "../data/labels/label_names.ts";
import type { ImageLabels } from "../data/labels/labels.ts";
import type { Voc } from "../data/sets/voc.ts";
import { counted, listed } from "../files/listed.ts";

/**
 * Says what was understood of photographs, before there is work to lose: how many there are, the names
 * of their classes (with labels, how many photographs show each), where these and the image labels are
 * from, with an example, in which labels of another list of classes show, and what was left out.
 *
 * @param labels the image labels, where the command reads them
 */
export function sayData(
  log: (line: string) => void,
  { root, listName, items, classes, source, leftOut }: Voc,
  labels?: ImageLabels,
): void {
  const shown = items.map(({ id }) => labels?.labels.get(id) ?? []);
  const quoted = classes.map((name) => looksLikeSeveral(name) ? `"${name}"` : name);
  const counts = Map.groupBy(shown.flat(), (index) => index);
  const countOf = (index: number) => counts.get(index)?.length ?? 0;
  const names = quoted.map((name, index) => labels ? `${name} (${countOf(index)})` : name);
  log(
    `${counted(items.length, "photograph")} of ${root} (${listName}), classes of ${source}: ${
      listed(names.slice(1), 6)
    }`,
  );
  if (labels) {
    const none = shown.filter(({ length }) => length === 0).length;
    const seenBy = (count: number) => quoted.filter((_, at) => at > 0 && countOf(at) === count);
    const [unseen, rare] = [seenBy(0), seenBy(1)];
    const first = items.find((_, i) => shown[i].length > 0);
    const example = first && labels.labels.get(first.id)!.map((index) => quoted[index]);
    const remarks = [
      ...(example ? [`${first.id} shows ${listed(example)}`] : []),
      ...(none > 0 ? [`photographs that show no class: ${none}`] : []),
      // Of more classes than are counted above, a slip of the pen would not show.
      ...(rare.length > 0 && classes.length > 7
        ? [`classes that one photograph alone shows: ${listed(rare)}`]
        : []),
      ...(unseen.length > 0 ? [`classes that no photograph shows: ${listed(unseen)}`] : []),
    ];
    log([`Image labels of ${labels.source}`, ...remarks].join("; "));
  }
  const all = new Set([...leftOut, ...labels?.leftOut ?? []]); // both may know of the same folder
  for (const what of all) log(`Left out: ${what}`);
}

/** How lines begin that say what was understood of data. */
const UNDERSTOOD = /^(\d+ photographs? of |Image labels of |Left out: |Certain by )/;

/** A log of a command of several steps: what each of them understands alike is said once. */
export function sayingOnce(log: (line: string) => void): (line: string) => void {
  const said = new Set<string>();
  return (line) => {
    if (said.has(line)) return;
    if (UNDERSTOOD.test(line)) said.add(line);
    log(line);
  };
}
