/** Half floats: the language's, or else those of a library. */
import { Float16Array as library } from "@petamoriken/float16";

const own: unknown = (globalThis as { Float16Array?: unknown }).Float16Array ?? library;
export { own as Float16Array };
