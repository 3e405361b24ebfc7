/**
 * Finds classes by what labels call them: their names, in any case and with blanks, hyphens or
 * underscores between words, where that says which; or their indices.
 *
 * @param classes the names in the order of their indices, the background first
 */
export function classFinder(
  classes: readonly string[],
): (name: string | number) => number | undefined {
  const exact = new Map(classes.map((name, index) => [name.normalize("NFC"), index]));
  const plain = Map.groupBy(classes.keys(), (index) => plainWords(classes[index]));
  return (name) => {
    const text = `${name}`.normalize("NFC");
    const index = exact.get(text);
    if (index !== undefined) return index;
    if (/^\d+$/.test(text) && Number(text) < classes.length) return Number(text);
    const found = plain.get(plainWords(text));
    return found?.length === 1 ? found[0] : undefined;
  };
}

/** A name in small letters, its words joined alike. */
export function plainWords(name: string): string {
  return name.normalize("NFC").toLowerCase().replace(/[\s_-]+/g, "_");
}
