import { archives } from "./attacks/archives.ts";
import { arrays } from "./attacks/arrays.ts";
import type { Attack } from "./attacks/attack.ts";
import { foreign } from "./attacks/foreign.ts";
import { pickles } from "./attacks/pickles.ts";
import { pictures } from "./attacks/pictures.ts";
import { texts } from "./attacks/texts.ts";

/** The attacks, by the kinds of file that they are read as. */
export const attacks: readonly Attack[] = [
  ...pictures(),
  ...arrays(),
  ...pickles(),
  ...archives(),
  ...texts(),
  ...foreign(),
];
