/**
 * Gives up, for good and for workers too, the permissions that a command does not need: processes, native
 * libraries, facts about the system, code from elsewhere, writing anywhere but to `outputs`, and the
 * network unless it connects or listens. (What listens is allowed 127.0.0.1 alone by its task.)
 *
 * Deno takes a single folder out of what may be written, not everything but some folders. So the tasks
 * allow the root folder, `--allow-write=/`; what is asked for by its own name stays when the root is
 * given up. A program that was started with all permissions, `-A`, may go on writing everywhere.
 */
export async function narrowPermissions(
  outputs: readonly string[],
  { connects = false, listens = false } = {},
): Promise<void> {
  if (!connects && !listens) await Deno.permissions.revoke({ name: "net" });
  for (const name of ["run", "ffi", "sys", "import"] as const) {
    await Deno.permissions.revoke({ name });
  }
  for (const path of outputs) {
    const writing = { name: "write", path } as const;
    const { state } = await Deno.permissions.query(writing);
    if (state === "granted") await Deno.permissions.request(writing);
  }
  await Deno.permissions.revoke({ name: "write", path: "/" });
}
