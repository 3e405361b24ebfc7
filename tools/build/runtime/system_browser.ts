/** What the package knows of the system in a browser, and wherever else there are no files. */
const system: unknown = new Proxy({}, {
  get() {
    throw new TypeError(
      "Cannot open a path: there are no paths here. Give a File, or decode its bytes.",
    );
  },
});
export { system as Deno };
