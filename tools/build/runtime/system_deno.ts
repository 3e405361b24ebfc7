/** What the package knows of the system in Deno: all of it. */
const system: typeof Deno = globalThis.Deno;
export { system as Deno };
