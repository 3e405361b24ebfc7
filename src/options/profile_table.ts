import { percent } from "../eval/percent.ts";
import type { Device } from "../gpu/device.ts";

/** The time of each kernel as lines: milliseconds, share of all, dispatches, name. */
export function profileTable(times: Awaited<ReturnType<Device["profile"]>>): string {
  const total = times.reduce((sum, { nanoseconds }) => sum + nanoseconds, 0);
  const row = (...[ms, share, count, name]: string[]) =>
    `${ms.padStart(10)} ${share.padStart(6)} ${count.padStart(8)}  ${name}`;
  const rows = times.map(({ name, count, nanoseconds }) =>
    row(
      (nanoseconds / 1e6).toFixed(1),
      percent(nanoseconds / total),
      `${count}`,
      name,
    )
  );
  return [
    row("ms", "%", "count", "kernel"),
    ...rows,
    row((total / 1e6).toFixed(1), "", "", "all"),
  ].join("\n");
}
