/** What a worker says first: that it takes jobs. */
export const STARTED = "started";

/** A worker's answer to one job. */
export type JobAnswer<Result> =
  | { readonly id: number; readonly result: Result }
  | { readonly id: number; readonly error: { name: string; message: string; stack?: string } };

/** What a worker's global scope offers; the types of a page do not have it. */
interface WorkerScope {
  onmessage: (event: MessageEvent<{ id: number; job: unknown }>) => void;
  postMessage(message: unknown, transfer: Transferable[]): void;
}

/**
 * Makes the worker that calls this answer the jobs of `prefetch`.
 *
 * The buffers of typed arrays in a result are moved, not copied: `handle` must not keep them.
 */
export function serveJobs<Job, Result>(handle: (job: Job) => Result | Promise<Result>): void {
  const scope = globalThis as unknown as WorkerScope;
  scope.onmessage = async ({ data: { id, job } }) => {
    try {
      const result = await handle(job as Job);
      scope.postMessage({ id, result }, [...buffers(result)]);
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      const { name, message, stack } = error;
      scope.postMessage({ id, error: { name, message, stack } }, []);
    }
  };
  scope.postMessage(STARTED, []);
}

/** The buffers under a value of plain objects, arrays, maps and typed arrays, each once. */
export function buffers(value: unknown, found: Set<ArrayBuffer> = new Set()): Set<ArrayBuffer> {
  if (typeof value !== "object" || value === null) return found;
  if (value instanceof ArrayBuffer) return found.add(value);
  if (ArrayBuffer.isView(value)) {
    return value.buffer instanceof ArrayBuffer ? found.add(value.buffer) : found;
  }
  const parts = value instanceof Map ? value.values() : Object.values(value);
  for (const part of parts) buffers(part, found);
  return found;
}
