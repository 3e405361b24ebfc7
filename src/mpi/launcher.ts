/** Reads an environment variable. */
export type Environment = (name: string) => string | undefined;

/** The libraries of MPI whose names say which binary interface they have, and how they are told apart. */
const OPEN_MPI = "libmpi.so.40";
const MPICH = ["libmpich.so.12", "libmpi.so.12"];
const STANDARD = "libmpi_abi.so.0";

/** How a launcher of parallel programs started this process. */
export interface Launch {
  /** What the launcher is called. */
  readonly launcher: string;
  /** Which of the processes this one is, from 0. */
  readonly rank: number;
  /** How many processes there are. */
  readonly size: number;
  /** The libraries that can belong to that launcher, the likeliest first. */
  readonly libraries: readonly string[];
}

const launchers: readonly { name: string; rank: string; size: string; libraries: string[] }[] = [
  {
    name: "Open MPI's mpirun",
    rank: "OMPI_COMM_WORLD_RANK",
    size: "OMPI_COMM_WORLD_SIZE",
    libraries: [OPEN_MPI, STANDARD],
  },
  { // MPICH's and Intel's mpirun, Cray's, and srun --mpi=pmi2
    name: "a launcher of MPICH's kind (PMI)",
    rank: "PMI_RANK",
    size: "PMI_SIZE",
    libraries: [...MPICH, STANDARD, OPEN_MPI],
  },
  {
    name: "srun --mpi=pmix",
    rank: "PMIX_RANK",
    size: "SLURM_STEP_NUM_TASKS",
    libraries: [OPEN_MPI, ...MPICH, STANDARD],
  },
];

/**
 * What the environment says of the processes that were started together: nothing where this one was
 * started alone.
 *
 * A step of Slurm without MPI has no `libraries`: its processes cannot reach each other.
 */
export function launched(env: Environment): Launch | undefined {
  for (const { name, rank, size, libraries } of launchers) {
    const [own, all] = [env(rank), env(size)];
    if (own === undefined || all === undefined) continue;
    if (Number(all) > 1) return { launcher: name, rank: Number(own), size: Number(all), libraries };
    return undefined;
  }
  const [own, all] = [env("SLURM_PROCID"), env("SLURM_STEP_NUM_TASKS")];
  if (own === undefined || all === undefined || Number(all) < 2) return undefined;
  return { launcher: "srun without MPI", rank: Number(own), size: Number(all), libraries: [] };
}
