import { plainName } from "../../files/folder_index.ts";

/** How the name of a photograph ends, in any case. */
export const photographEnd: RegExp = /\.(jpe?g|jpe|jfif|png|webp|tiff?)$/i;

/** The id of a photograph: its name without the extension, accents as part of their letters. */
export function idOf(name: string): string {
  return plainName(name.replace(photographEnd, ""));
}
