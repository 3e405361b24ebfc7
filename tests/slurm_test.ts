// The scripts of deploy/slurm on a Slurm of one node: an array of refine, and a training by two ranks, each
// stopped and queued again on the way, give what one process gives.
import { assert, assertEquals, assertStringIncludes, fail } from "@std/assert";
import { dirname, fromFileUrl } from "@std/path";
import { type Cluster, hasSlurm, until, withSlurm } from "./slurm.ts";
import { bytes, contextOf, ids, inFolder, metrics } from "./training.ts";
import { trainStatic } from "../src/commands/train_static.ts";
import { refine } from "../src/commands/refine.ts";
import { merge } from "../src/commands/merge.ts";

const root = fromFileUrl(import.meta.resolve("../"));

async function submit({ run }: Cluster, ...args: string[]): Promise<string> {
  return (await run("sbatch", "--parsable", `--chdir=${root}`, ...args)).trim();
}

async function ended({ run }: Cluster, job: string, log: string): Promise<void> {
  await until(async () => {
    const rows = (await run("squeue", "-h", "-r", "-o", "%i %T", "-j", job)).trim();
    for (const [, id] of rows.matchAll(/(\S+) PENDING/g)) {
      // Slurm lets a job that was queued again wait for two minutes.
      await run("scontrol", "update", `job=${id}`, "StartTime=now").catch(() => {});
    }
    return rows === "";
  }, `job ${job}`);
  const told = await run("scontrol", "show", "job", job);
  const states = told.matchAll(/JobState=(\w+)/g).map(([, state]) => state);
  if (states.every((state) => state === "COMPLETED")) return;
  fail(`${told}\n${await Deno.readTextFile(log)}`);
}

const isThere = (path: string) => Deno.stat(path).then(() => true, () => false);

Deno.test({
  name: hasSlurm
    ? "Slurm: a training that is stopped and queued again, then an array of refine"
    : "Slurm (not installed)",
  ignore: !hasSlurm,
  fn: () =>
    inFolder(async (at) => {
      const small = { scores: "cam", imageSize: 32, width: 4, depth: 1, predictorWidth: 8 };
      const options = {
        ...small,
        crfIterations: 2,
        batch: 4,
        epochs: 40,
        logEvery: 1,
        saveEvery: 10,
      };
      const config = (out: string) => ({ ...options, data: at("set"), out: at(out) });
      await trainStatic.run(trainStatic.config.parse(config("one")), contextOf());
      await refine.run(refine.config.parse({ run: at("one"), out: at("alone") }), contextOf());
      const flags = Object.entries(config("run")).map(([name, value]) =>
        `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}=${value}`
      );
      const env = { PATH: `${Deno.env.get("PATH")}:${dirname(Deno.execPath())}`, NO_COLOR: "1" };
      await withSlurm(4, env, async (cluster) => {
        const log = at("train.log");
        const job = await submit(
          cluster,
          ...["--ntasks=2", `--output=${log}`, "deploy/slurm/train.sh", "static", ...flags],
        );
        await until(() => isThere(at("run", "latest.json")), "a checkpoint");
        // What Slurm does before the time of a job is over.
        await cluster.run("scancel", "--batch", "--signal=USR1", job);
        await until(async () =>
          /Restarts=1/.test(await cluster.run("scontrol", "show", "job", job))
        );
        await ended(cluster, job, log);
        const said = await Deno.readTextFile(log);
        assertStringIncludes(said, "2 ranks train together");
        assertStringIncludes(said, "the same command goes on from there");
        const [rows, alone] = [metrics(at("run")), metrics(at("one"))];
        assertEquals(rows.length, 80);
        rows.forEach(({ step, segmentation, change }, i) => {
          assertEquals(step, i + 1);
          assert(Math.abs(segmentation - alone[i].segmentation) < 1e-5, `step ${step}`);
          assert(Math.abs(change - alone[i].change) < 1e-5, `step ${step}`);
        });

        const shards = ["deploy/slurm/shards.sh", "refine", "--run", at("one"), "--out", at("out")];
        const array = await submit(cluster, "--array=0-1", `--output=${at("log-%a")}`, ...shards);
        await until(() => isThere(at("log-0")), "a task of the array");
        await cluster.run("scontrol", "requeue", `${array}_0`); // as a node that is lost
        await ended(cluster, array, at("log-0"));
      });
      const lines: string[] = [];
      await merge.run(merge.config.parse({ folder: at("out") }), contextOf({ lines }));
      assertEquals(lines, ["refine: all 2 parts of 8 photographs are done"]);
      for (const id of ids) {
        assertEquals(await bytes(at("out", `${id}.png`)), await bytes(at("alone", `${id}.png`)));
      }
    }),
});
