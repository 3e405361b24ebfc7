// Programs that MPI starts together, for tests: launchers that are found, one that is installed where CI
// runs as root, or none.
import { join } from "@std/path";
import { install } from "./install.ts";

/** What starts several processes of a program. */
export interface Launcher {
  /** What it is called. */
  readonly name: "MPICH" | "Open MPI";
  /** Its mpirun, with what this machine needs. */
  readonly command: readonly [string, ...string[]];
}

const known: readonly Launcher[] = [
  { name: "MPICH", command: ["mpirun.mpich"] },
  { name: "Open MPI", command: ["mpirun.openmpi", "--oversubscribe"] },
];

/** Where the ranks run: waiting ones leave the few cores to the others, and root may start them. */
export const environment: Readonly<Record<string, string>> = {
  ...{ OMPI_MCA_mpi_yield_when_idle: "1", OMPI_MCA_rmaps_base_oversubscribe: "1" },
  ...{ OMPI_ALLOW_RUN_AS_ROOT: "1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1" },
};

/** The launchers that there are; in CI one of them, which keeps its time. */
export const launchers: readonly Launcher[] = await find();

async function find(): Promise<readonly Launcher[]> {
  if (Deno.build.os !== "linux") return [];
  const found = known.filter(isThere);
  if (Deno.env.get("CI") !== "true") return found;
  if (found.length === 0) await install("mpich", () => known.some(isThere));
  return known.filter(isThere).slice(0, 1);
}

function isThere({ command: [program] }: Launcher): boolean {
  return (Deno.env.get("PATH") ?? "").split(":").some((folder) => {
    try {
      return Deno.statSync(join(folder, program)).isFile;
    } catch {
      return false;
    }
  });
}
