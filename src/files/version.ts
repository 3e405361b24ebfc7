import project from "../../deno.json" with { type: "json" };

/** The version of henka. */
export const version: string = project.version;
