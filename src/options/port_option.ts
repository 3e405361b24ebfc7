import * as z from "zod";

/** The option `--port` of a command that serves pages. */
export const portOption: z.ZodDefault<z.ZodInt> = z.int().min(0).max(65535).default(0)
  .describe("Port of the page on 127.0.0.1; 0 for one that is free");
