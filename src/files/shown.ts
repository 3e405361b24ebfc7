/** A value out of a file for a message: short, whatever is in it, and in one line. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) {
    const some = value.slice(0, 8).map((item) => Array.isArray(item) ? "[...]" : shown(item));
    return `[${some.join(",")}${value.length > 8 ? ",..." : ""}]`;
  }
  if (typeof value === "object" && value !== null) return "an object";
  const text = String(value).replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
