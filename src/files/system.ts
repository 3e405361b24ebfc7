/** Errors of the system that keep their class between a worker and the program; a browser has none. */
export const systemErrors: Readonly<Record<string, new (message: string) => Error>> =
  "Deno" in globalThis
    ? { NotFound: Deno.errors.NotFound, PermissionDenied: Deno.errors.PermissionDenied }
    : {};

/** Bytes of memory that are free for programs now; nothing where that may not be asked. */
export function freeMemory(): number | undefined {
  try {
    return Deno.systemMemoryInfo().available || undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether a worker can be started from a module of ours. Deno alone can: Node has other workers, and a
 * bundle for browsers has no modules with addresses.
 */
export const startsWorkers: boolean = "Deno" in globalThis;
