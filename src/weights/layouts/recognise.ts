import { InputError } from "../../files/error.ts";
import { shown } from "../../files/shown.ts";
import type { TensorFile } from "../entry.ts";
import { type Layout, requiredNames } from "./layout.ts";
import { mobileNetLayouts } from "./mobilenet_v2.ts";
import { resNetLayouts } from "./resnet.ts";
import { resNet38Layouts } from "./resnet38.ts";
import { type Variant, variants } from "./variant.ts";

/** What a file of weights is. */
export interface Recognised {
  /** Whose names it has, and so which encoder it is of. */
  readonly layout: Layout;
  /** What stands before those names: "module.", "state_dict.encoder.". */
  readonly prefix: string;
  /** What stands before the names of other encoders in the file, which is a less usual place for them. */
  readonly others: readonly string[];
  /** How the network of a file of MobileNetV2 pads and is normalised. */
  readonly variant?: Variant;
  /** Whether nothing in the file says so: it has our names, and no note. */
  readonly unsaid?: boolean;
  /** Whether strides of a ResNet are left out without dilations: IRN's 2, 2, 2, 1. */
  readonly undilated: boolean;
  /** The output stride of the training that wrote the file, where it notes one. */
  readonly outputStride?: 8 | 16 | 32;
}

/** Every known layout. */
export const layouts: readonly Layout[] = [
  ...mobileNetLayouts,
  ...resNetLayouts,
  ...resNet38Layouts,
];

const tables = layouts.map((layout) => {
  const required = new Set(requiredNames(layout));
  return { layout, required, roots: new Set([...required].map(rootOf)) };
});
type Table = (typeof tables)[number];

/** Of the names of a file and a layout, the share in both from which they are alike. */
const LIKE = 0.3;

/** What usually stands before the names of an encoder, the most usual first. */
const USUAL = /^((state_dict|model|model_state_dict|net)\.)?(module\.)?(encoder\.)?$/;

/**
 * Says which encoder's weights a file holds, by the names of its tensors.
 *
 * @param wanted what stands before the names of the one that is meant, where there are several
 * @throws {InputError} when they are those of no known layout, or of several networks.
 */
export function recognise(
  path: string,
  { tensors, metadata, leftOut }: TensorFile,
  wanted?: string,
): Recognised {
  const names = [...tensors.keys()];
  const whole = tables.flatMap((table) =>
    prefixesOf(names, table).filter((prefix) => {
      const [lacks, extra] = misfits(names, tensors, table, prefix);
      return lacks.length + extra.length === 0;
    }).map((prefix) => ({ layout: table.layout, prefix }))
  );
  const chosen = wanted === undefined
    ? whole.filter(({ prefix }) => USUAL.test(prefix))
      .sort((a, b) => a.prefix.length - b.prefix.length)
    : whole.filter(({ prefix }) => prefix === wanted || prefix === `${wanted}.`);
  // Neither of "state_dict" and "model" beside each other is more usual; the file's own level is.
  const keyOf = ({ prefix }: { readonly prefix: string }) => USUAL.exec(prefix)?.[2];
  const rivals = wanted !== undefined || chosen[0]?.prefix === ""
    ? []
    : chosen.filter((one) => keyOf(one) !== keyOf(chosen[0]));
  const [found, other] = chosen.length > 0 ? [chosen[0], rivals[0]] : whole;
  if (found === undefined) {
    const { message } = unknown(path, names, tensors);
    const [[name, object] = []] = Object.entries(leftOut ?? {});
    // The weights may be in what is not read: a whole network beside the state of its optimiser.
    const note = ` Its "${shown(name)}", an object of ${object}, is not read: save a state_dict.`;
    throw new InputError(message + (object === undefined ? "" : note));
  }
  const others = whole.map(({ prefix }) => prefix).filter((prefix) => prefix !== found.prefix);
  if (wanted !== undefined && chosen.length === 0) {
    throw new InputError(
      `Cannot use ${path}: no encoder's names begin with "${shown(wanted)}". Give one of: ${
        [found.prefix, ...others].map((prefix) => `"${shown(prefix)}"`).join(", ")
      }.`,
    );
  }
  if (other !== undefined) {
    throw new InputError(
      `Cannot use ${path}: "${found.prefix}" and "${other.prefix}" in it are both encoders. Make a file ` +
        `of one: weights ${path} --prefix ${found.prefix} --to OUT.safetensors.`,
    );
  }
  const variant = variantOf(path, found.layout, metadata);
  const unsaid = variant !== undefined && variant !== found.layout.variant &&
    metadata.variant === undefined;
  const undilated = metadata.dilate === "false" || isOfIrn(tensors, found.prefix);
  const outputStride = ([8, 16, 32] as const).find((side) => metadata.outputStride === `${side}`);
  return { ...found, others, variant, undilated, outputStride, ...(unsaid && { unsaid }) };
}

/** Whether an encoder is IRN's `resnet50`: beside it are stages of the same, or scores by a convolution. */
function isOfIrn(tensors: TensorFile["tensors"], prefix: string): boolean {
  if (!prefix.endsWith("resnet50.")) return false;
  const own = prefix.slice(0, -"resnet50.".length);
  return tensors.get(`${own}classifier.weight`)?.shape.length === 4 ||
    ["stage1.", "fc_edge1."].some((part) =>
      tensors.keys().some((name) => name.startsWith(own + part))
    );
}

function variantOf(
  path: string,
  { network, variant }: Layout,
  { variant: noted = "tensorflow" }: TensorFile["metadata"],
): Variant | undefined {
  if (network !== "mobilenet-v2" || variant !== undefined) return variant;
  if (Object.hasOwn(variants, noted)) return noted as Variant;
  throw new InputError(
    `Cannot use ${path}: its note says that it is of the variant ${shown(noted)}. Give a file of ` +
      `${Object.keys(variants).join(" or ")}.`,
  );
}

/** What may stand before the names of a layout in the file: what stands before some of them. */
function prefixesOf(names: readonly string[], { required }: Table): string[] {
  const all = [...required];
  const some = [all[0], all[all.length >> 1], all[all.length - 1]];
  const prefixes = some.flatMap((name) =>
    names.filter((own) => own === name || own.endsWith(`.${name}`))
      .map((own) => own.slice(0, own.length - name.length))
  );
  return [...new Set(prefixes)];
}

/** The names that a file lacks, and those among them that the network does not have. */
function misfits(
  names: readonly string[],
  tensors: TensorFile["tensors"],
  { required, roots }: Table,
  prefix: string,
): [lacks: string[], extra: string[]] {
  const lacks = [...required].filter((name) => !tensors.has(prefix + name));
  const extra = names.filter((name) => {
    if (!name.startsWith(prefix) || name.endsWith("num_batches_tracked")) return false;
    const own = name.slice(prefix.length);
    return roots.has(rootOf(own)) && !required.has(own);
  });
  return [lacks, extra];
}

function unknown(
  path: string,
  names: readonly string[],
  tensors: TensorFile["tensors"],
): InputError {
  const fits = tables.flatMap((table) =>
    prefixesOf(names, table).map((prefix) => {
      const [lacks, extra] = misfits(names, tensors, table, prefix);
      return { ...table, prefix, lacks, extra };
    })
  );
  const share = ({ required, lacks, extra }: (typeof fits)[number]) =>
    (required.size - lacks.length) / (required.size + extra.length);
  const [near] = fits.sort((a, b) => share(b) - share(a));
  if (near === undefined || share(near) < LIKE) {
    const known = [...new Set(layouts.map(({ name }) => name))].join(", ");
    const what = names[0] === ""
      ? "it is a single tensor"
      : `names such as its "${shown(names[0])}" are those of no known layout (${known})`;
    return new InputError(
      `Cannot use ${path}: ${what}. Give weights of mobilenet-v2, a resnet or resnet38.`,
    );
  }
  const { layout: { name, network }, prefix, lacks, extra } = near;
  const told = (what: string, some: readonly string[], before: string) =>
    some.length === 0 ? [] : [
      `${what} "${shown(before + some[0])}"` +
      (some.length > 1 ? ` and ${some.length - 1} more` : ""),
    ];
  const reasons = [...told("lacks", lacks, prefix), ...told("also has", extra, "")];
  return new InputError(
    `Cannot use ${path}: it is of no known layout. The nearest is ${name}'s ${network}, but it ` +
      `${reasons.join(" and ")}. Give a file of the whole network.`,
  );
}

function rootOf(name: string): string {
  return name.split(".", 1)[0];
}
