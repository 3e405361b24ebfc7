import { InputError } from "../files/error.ts";
import { fileError } from "../files/file_error.ts";
import { DeviceError } from "../gpu/error.ts";
import { LimitError, NarrowKernelError } from "../wgsl/crf_lattice/features.ts";

/** The flags of the widths of the CRF's kernels. */
const widths = {
  smoothness: "crf-smooth-width",
  appearance: "crf-width",
  colour: "crf-colour-width",
} as const;

/**
 * What to tell a person whose mistake an error is, in one line: a mistake in what was given, or what
 * the system or the permissions of the program do not allow. Undefined for a defect of the program.
 */
export function mistakeOf(error: unknown): string | undefined {
  const known = [InputError, SyntaxError, DeviceError].some((type) => error instanceof type);
  if (known) return oneLine((error as Error).message);
  if (error instanceof NarrowKernelError) {
    const { which, deviation, sides, least } = error;
    return `Cannot use --${widths[which]} ${deviation}: it is too small for a photograph of ` +
      `${sides.join(" x ")} pixels. Give ${least} or more.`;
  }
  if (error instanceof LimitError) return `${oneLine(error.message)}.`;
  if (!(error instanceof Error)) return undefined;
  const denied = /^Requires (\w+) access(?: to )?(.*), run again with the (--allow-\S+) flag/
    .exec(error.message);
  if (denied !== null && error instanceof Deno.errors.NotCapable) {
    const [, kind, what, flag] = denied;
    const thing = kind === "env" ? `the environment variable ${what}` : what || kind;
    return `Cannot use ${thing}: the program has no ${kind} access. Start it with ${flag}.`;
  }
  // Deno ends its messages with the call and the path: "... (os error 2): readdir 'photographs'".
  const path = /: \w+ '(.+?)'(?: -> .*)?$/.exec(error.message)?.[1];
  const told = fileError("use", path ?? "a file", error);
  if (told instanceof InputError) return oneLine(told.message);
  const { NotFound, PermissionDenied, NotADirectory, IsADirectory } = Deno.errors;
  const ours = [NotFound, PermissionDenied, NotADirectory, IsADirectory] // named by who threw them
    .some((type) => error instanceof type);
  return ours ? oneLine(error.message) : undefined;
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ");
}
