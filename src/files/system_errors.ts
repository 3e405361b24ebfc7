/** Errors of the system that keep their class between a worker and the program; a browser has none. */
export const systemErrors: Readonly<Record<string, new (message: string) => Error>> =
  "Deno" in globalThis
    ? { NotFound: Deno.errors.NotFound, PermissionDenied: Deno.errors.PermissionDenied }
    : {};
