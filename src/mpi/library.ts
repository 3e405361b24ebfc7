/** A handle of MPI: a number in MPICH's binary interface, an address in the others. */
export type Handle = number | Deno.PointerValue;

type Bytes = ArrayBufferView<ArrayBuffer>;

/** The functions of MPI that are called; each returns 0 for success. */
export interface MpiCalls {
  MPI_Init_thread(argc: null, argv: null, required: number, provided: Bytes): number;
  MPI_Comm_rank(comm: Handle, rank: Bytes): number;
  MPI_Comm_size(comm: Handle, size: Bytes): number;
  MPI_Comm_dup(comm: Handle, copy: Bytes): number;
  MPI_Get_processor_name(name: Bytes, length: Bytes): number;
  MPI_Get_library_version(text: Bytes, length: Bytes): number;
  MPI_Iallgather(
    ...args: [Bytes, number, Handle, Bytes, number, Handle, comm: Handle, request: Bytes]
  ): number;
  MPI_Ialltoall(
    ...args: [Bytes, number, Handle, Bytes, number, Handle, comm: Handle, request: Bytes]
  ): number;
  MPI_Ibcast(
    ...args: [Bytes, count: number, Handle, root: number, comm: Handle, request: Bytes]
  ): number;
  MPI_Test(request: Bytes, done: Bytes, status: Bytes): number;
  MPI_Abort(comm: Handle, status: number): number;
  MPI_Finalize(): number;
}

/** An MPI library that is loaded, and what its binary interface calls the things we need. */
export interface MpiLibrary {
  /** The name it was found under. */
  readonly name: string;
  /** Its functions. */
  readonly calls: MpiCalls;
  /** The communicator of all processes. */
  readonly world: Handle;
  /** The type of 32-bit floating-point numbers. */
  readonly float: Handle;
  /** The level of thread support that lets one thread alone call MPI. */
  readonly funneled: number;
  /** The handle in the memory to which MPI wrote it. */
  handle(written: BigUint64Array): Handle;
}

const NOW_GLOBAL = 0x102; // RTLD_NOW | RTLD_GLOBAL

/**
 * Loads the first of some MPI libraries that there is.
 *
 * MPI loads modules of its own, which look for its symbols among those of the whole program: so the
 * library is loaded by the C library with RTLD_GLOBAL before Deno, which hides symbols, opens it.
 *
 * Every file of MPI has one of three binary interfaces: Open MPI's, whose handles are addresses of its
 * own symbols; MPICH's, whose handles are 32-bit numbers; and the standard one of MPI 5.0, whose handles
 * are small numbers in the place of addresses.
 *
 * @return nothing where none is found
 */
export function openLibrary(names: readonly string[]): MpiLibrary | undefined {
  const { symbols: libc } = Deno.dlopen("libc.so.6", {
    dlopen: { parameters: ["buffer", "i32"], result: "pointer" },
    dlsym: { parameters: ["pointer", "buffer"], result: "pointer" },
  });
  for (const name of names) {
    const loaded = libc.dlopen(text(name), NOW_GLOBAL);
    if (loaded === null) continue;
    const address = (symbol: string) => libc.dlsym(loaded, text(symbol));
    const world = address("ompi_mpi_comm_world");
    if (world !== null) {
      return open(name, "pointer", world, address("ompi_mpi_float"), 1);
    }
    if (name.startsWith("libmpi_abi")) {
      const at = (value: bigint) => Deno.UnsafePointer.create(value);
      return open(name, "pointer", at(0x101n), at(0x210n), 1024);
    }
    return open(name, "i32", 0x44000000, 0x4c00040a, 1);
  }
  return undefined;
}

function open(
  name: string,
  handle: "pointer" | "i32",
  world: Handle,
  float: Handle,
  funneled: number,
): MpiLibrary {
  const call = (...parameters: Deno.NativeType[]) => ({ parameters, result: "i32" as const });
  const blocks = ["buffer", "i32", handle, "buffer", "i32", handle, handle, "buffer"] as const;
  const { symbols } = Deno.dlopen(name, {
    MPI_Init_thread: call("buffer", "buffer", "i32", "buffer"),
    MPI_Comm_rank: call(handle, "buffer"),
    MPI_Comm_size: call(handle, "buffer"),
    MPI_Comm_dup: call(handle, "buffer"),
    MPI_Get_processor_name: call("buffer", "buffer"),
    MPI_Get_library_version: call("buffer", "buffer"),
    MPI_Iallgather: call(...blocks),
    MPI_Ialltoall: call(...blocks),
    MPI_Ibcast: call("buffer", "i32", handle, "i32", handle, "buffer"),
    MPI_Test: call("buffer", "buffer", "buffer"),
    MPI_Abort: call(handle, "i32"),
    MPI_Finalize: call(),
  });
  return {
    name,
    calls: symbols as unknown as MpiCalls,
    world,
    float,
    funneled,
    handle: ([value]) =>
      handle === "i32" ? Number(BigInt.asIntN(32, value)) : Deno.UnsafePointer.create(value),
  };
}

function text(value: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${value}\0`);
}
