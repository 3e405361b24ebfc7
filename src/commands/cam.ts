import { join } from "@std/path";
import { writeAtomic } from "../files/atomic.ts";
import { checksum } from "../files/checksum.ts";
import { notePart } from "../files/parts.ts";
import { InputError } from "../files/error.ts";
import { outputFolder } from "../files/output_folder.ts";
import { readBytes } from "../files/read_bytes.ts";
import { requireApart } from "../files/require_apart.ts";
import { requireMasks } from "../data/sets/voc.ts";
import { given } from "../options/given.ts";
import { noteOptions } from "../files/made_with.ts";
import { type Unfinished, unfinished } from "../files/unfinished.ts";
import { parseShard, type Shard, shardOf } from "../options/shard.ts";
import { type Command, command, type Context } from "../options/command.ts";
import { checkPrecision, withPublishedClasses } from "../options/trained_options.ts";
import { sayData } from "../options/say_data.ts";
import { type CamConfig, camConfig } from "../cam/cam_config.ts";
import { type LabelledImage, openLabelled } from "../cam/labelled_images.ts";
import { show } from "../cam/show.ts";
import { type TrainedClassifier, trainedClassifier } from "../cam/trained_classifier.ts";
import { noteKernels, takeKernels } from "../training/run_kernels.ts";
import { type Maps, mapsOfAll, writeMaps } from "../cam/write_maps.ts";
import { leavesIdle, onOwnDevices } from "./own_devices.ts";

/** Says where in each photograph the classes of its labels are. */
export const cam: Command<typeof camConfig> = command({
  name: "cam",
  summary: "Write class activation maps of photographs, from a classifier and their image labels.",
  example: "cam --run runs/classifier --out cam --previews heat --sweep",
  config: camConfig,
  async run(config, context) {
    const shard = parseShard(config.shard);
    checkOptions(config, shard);
    const trained = await trainedClassifier(config);
    const { checkpoint, classes } = trained;
    const wanted = given(config, ["data", "list", "labels", "classes", "truth"]);
    const data = { ...trained.config, ...wanted };
    const { voc, list, labels: read } = await openLabelled(
      classes === undefined ? data : await withPublishedClasses(data, classes, checkpoint.path),
    );
    sayData(context.log, voc, read);
    if (config.sweep) await requireMasks(voc);
    const images = shardOf(list, shard);
    const pictures = [config.previews, config.quickMasks].filter((folder) => folder !== undefined);
    await requireApart(
      images.flatMap(({ id }) => pictures.map((folder) => join(folder, `${id}.png`))),
      images.flatMap(({ image, mask }) => [image, mask]),
    );
    const { scales, mirror, maxSide, mapStride: stride, format } = config;
    await checkPrecision(trained.config.precision, context);
    await noteOptions(config.out, {
      ...{ network: await checksum(await readBytes(checkpoint.path)), step: checkpoint.step },
      ...{ data: voc.root, labels: read.source, scales, mirror, maxSide, stride, format },
      precision: trained.config.precision,
    });
    for (const folder of [config.out, config.previews, config.quickMasks]) {
      if (folder !== undefined) await outputFolder(folder);
    }
    const left = await unfinished(config.out, images, ({ id, image, labels }) => ({
      ...{ id, inputs: [image], facts: { labels }, outputs: [mapPath(config, id)] },
    }), context.log);
    const { missing } = left;
    if (missing.length > 0) await writeMissing(left, trained, voc.classes.length, config, context);
    if (voc.source === "PASCAL VOC" && classes !== undefined) {
      const path = join(config.out, "classes.txt");
      await writeAtomic(path, `${voc.classes.join("\n")}\n`);
      context.log(
        `The maps count the classes of PASCAL VOC: commands that read them need --classes ${path}`,
      );
    }
    await notePart(config.out, {
      ...{ command: "cam", ...shard, list: voc.listChecksum },
      files: images.map(({ id }) => `${id}.npy`),
    });
    const earlier = images.length - missing.length;
    context.log(
      `${missing.length} activation maps written to ${config.out}` +
        (earlier > 0 ? `; ${earlier} were there` : ""),
    );
    await show(images, voc.classes, (id) => mapPath(config, id), config, context);
  },
});

function checkOptions({ sure, background, sweep }: CamConfig, { count }: Shard): void {
  if (sure !== undefined && sure < background) {
    throw new InputError(
      `Cannot use --sure ${sure}: it is below the background's score. Give ${background} or more.`,
    );
  }
  if (sweep && count > 1) {
    throw new InputError(
      "Cannot use --sweep with --shard: it compares the masks of the whole list. Sweep without a " +
        "shard when all maps are there.",
    );
  }
}

function mapPath({ out }: CamConfig, id: string): string {
  return join(out, `${id}.npy`);
}

async function writeMissing(
  left: Unfinished<LabelledImage>,
  trained: TrainedClassifier,
  classes: number,
  config: CamConfig,
  context: Context,
): Promise<void> {
  const device = await context.device();
  const { scales, mirror, maxSide, mapStride } = config;
  const setting = { scales, mirror, maxSide, mapStride };
  const write = (maps: AsyncIterable<Maps>) =>
    writeMaps(maps, left, (id) => mapPath(config, id), config, context);
  await takeKernels(config.out, device);
  const photographs = {
    images: left.missing,
    longSide: maxSide * Math.max(...scales),
    processes: parseShard(config.shard).count,
  };
  if (await leavesIdle(device, photographs, context)) {
    const { run, weights, network, precision, data } = config;
    const options = { run, weights, network, precision, data };
    const own = { ...setting, classes, trained: options };
    return await write(onOwnDevices("maps", device, own, left.missing));
  }
  using network = await trained.load(device, classes);
  await write(mapsOfAll(network, left.missing, setting));
  await noteKernels(config.out, device);
}
