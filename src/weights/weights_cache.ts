import { join } from "@std/path";
import { isFile } from "../files/is_file.ts";
import { InputError } from "../files/error.ts";
import { userCache } from "../files/user_cache.ts";
import { type PublicWeights, publicWeights } from "./public_weights.ts";

/**
 * The folder in which downloaded weights are kept, the same for all projects of a user; undefined
 * where the program may not ask which that is.
 */
export function weightsFolder(): string | undefined {
  return userCache("weights");
}

/** Where public weights lie once they are fetched; undefined where nothing says where that is. */
export function fetchedFile({ file }: PublicWeights): string | undefined {
  const folder = weightsFolder();
  return folder && join(folder, file);
}

/**
 * The file that `--weights` names: a path, or else the name of public weights that were fetched.
 *
 * @throws {InputError} when such weights were not fetched yet.
 */
export async function weightsFile(weights: string): Promise<string> {
  const known = publicWeights.find(({ name }) => name === weights);
  if (known === undefined || await isFile(weights)) return weights;
  const path = fetchedFile(known);
  if (path !== undefined && await isFile(path)) return path;
  throw new InputError(
    `Cannot read ${weights}: there is no such file, and the public weights of this name were not ` +
      `fetched. Fetch them with "weights fetch ${weights}".`,
  );
}
