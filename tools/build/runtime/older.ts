// What the package uses of the language that Node 20 does not have yet.

/** Sets a method that is not there, as the language would. */
function fill(owner: object, name: string, value: unknown): void {
  if (name in owner) return;
  Object.defineProperty(owner, name, { value, writable: true, configurable: true });
}

fill(Array, "fromAsync", async (items: AsyncIterable<unknown>, change = (x: unknown) => x) => {
  const all = [];
  for await (const item of items) all.push(await change(item));
  return all;
});

fill(Map, "groupBy", (items: Iterable<unknown>, keyOf: (item: unknown, i: number) => unknown) => {
  const groups = new Map<unknown, unknown[]>();
  let i = 0;
  for (const item of items) {
    const key = keyOf(item, i++);
    groups.set(key, [...groups.get(key) ?? [], item]);
  }
  return groups;
});

fill(Set.prototype, "difference", function (this: Set<unknown>, other: Set<unknown>) {
  return new Set([...this].filter((item) => !other.has(item)));
});

fill(Uint8Array.prototype, "toHex", function (this: Uint8Array) {
  return Array.from(this, (byte) => byte.toString(16).padStart(2, "0")).join("");
});

fill(Uint8Array, "fromHex", (text: string) => {
  if (!/^([0-9a-f]{2})*$/i.test(text)) throw new SyntaxError("it is no hexadecimal text");
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
});
