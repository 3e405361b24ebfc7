import { InputError } from "../files/error.ts";
import type { Launch } from "./launcher.ts";
import { openLibrary } from "./library.ts";
import { MpiRanks, readText } from "./mpi_ranks.ts";
import type { Ranks } from "./ranks.ts";

/**
 * Joins the processes that a launcher has started together. Needs the right to call native libraries,
 * which may be given up afterwards.
 *
 * @throws {InputError} when there is no MPI library, or none of this launcher's kind.
 */
export function joinRanks({ launcher, libraries, rank, size }: Launch): Ranks {
  if (libraries.length === 0) {
    throw new InputError(
      `Cannot train with ${size} processes of ${launcher}: they would not know of each other. Give ` +
        "srun --mpi=pmi2 for MPICH, --mpi=pmix for Open MPI, or start one process.",
    );
  }
  const library = openLibrary(libraries);
  if (library === undefined) {
    throw new InputError(
      `Cannot train with ${size} processes of ${launcher}: none of the libraries ` +
        `${libraries.join(", ")} is found. Install that MPI, or add its folder to LD_LIBRARY_PATH.`,
    );
  }
  const { calls, world } = library;
  calls.MPI_Init_thread(null, null, library.funneled, new Int32Array(1));
  const [own, all] = [new Int32Array(1), new Int32Array(1)];
  calls.MPI_Comm_rank(world, own);
  calls.MPI_Comm_size(world, all);
  if (all[0] !== size || own[0] !== rank) {
    const [version] = readText((text, length) => calls.MPI_Get_library_version(text, length))
      .split(/[\n,]/);
    throw new InputError(
      `Cannot train with ${size} processes of ${launcher}: the library ${library.name} (${version}) ` +
        `sees ${
          all[0]
        }, so it is not of that launcher's kind. Start them with the mpirun of that ` +
        "library, or install the launcher's own.",
    );
  }
  return new MpiRanks(library, rank, size);
}
