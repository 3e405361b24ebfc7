/** Names for a message, the first `most` of many: "a, b, c and 12 more". */
export function listed(names: readonly string[], most = 3): string {
  const shown = names.slice(0, most);
  if (names.length > most) return `${shown.join(", ")} and ${names.length - most} more`;
  return shown.length < 2 ? shown.join() : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

/** What is said of things that are left out, if there are any: "photographs without a mask: a and b". */
export function leftOutOf(what: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${what}: ${listed(names)}`];
}

/** A number of things: "1 photograph", "2 photographs". */
export function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? "" : "s"}`;
}
