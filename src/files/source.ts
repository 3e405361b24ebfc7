/** What is read: a file by its path, or one in memory, such as a browser hands over. */
export type Source = string | File;

/** What a source is called in messages: its path, or the name of the file in memory. */
export function nameOf(source: Source): string {
  return typeof source === "string" ? source : source.name;
}
