/** What the package knows of the system in Node: files by the functions of Deno, without locks. */
import { Deno as shim } from "@deno/shim-deno";

class Never extends Error {}

const granted = { state: "granted" };

const system: unknown = {
  ...shim,
  // What Node does not tell apart, or does not have, is never thrown.
  errors: { NotCapable: Never, NotADirectory: Never, IsADirectory: Never, ...shim.errors },
  permissions: { querySync: () => granted, query: () => Promise.resolve(granted) },
};
export { system as Deno };
