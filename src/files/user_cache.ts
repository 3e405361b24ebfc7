import { join } from "@std/path";

/** An environment variable, where the program may read it and it says something. */
export function variable(name: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return (state === "granted" ? Deno.env.get(name) : undefined) || undefined;
}

/**
 * A folder in the user's cache, the same for all projects of a user; undefined where the program may
 * not ask which that is.
 */
export function userCache(name: string): string | undefined {
  if (Deno.build.os === "windows") {
    const local = variable("LOCALAPPDATA");
    return local && join(local, "henka", name);
  }
  const home = variable("HOME");
  const cache = variable("XDG_CACHE_HOME") ?? (home && join(home, ".cache"));
  return cache && join(cache, "henka", name);
}
