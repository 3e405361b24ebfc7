import project from "../deno.json" with { type: "json" };

/** The flags of Deno with which the tasks run their commands, by the task's name. */
export const taskFlags: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(project.tasks).flatMap(([name, { command }]) => {
    const flags = /^DENO_NO_UPDATE_CHECK=1 deno run (.*) cli\.ts \S+$/.exec(command);
    return flags === null ? [] : [[name, flags[1].replaceAll("'", "").split(" ")] as const];
  }),
);
