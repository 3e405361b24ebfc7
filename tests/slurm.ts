// A Slurm of one node for tests, started here and stopped again. Nothing of the machine's own Slurm, if it
// has one, is touched: configuration, state, ports and the key of munge are those of a folder.
import { join } from "@std/path";

/** The programs that are needed; Debian: slurmctld slurmd slurm-client munge. */
const programs = ["slurmctld", "slurmd", "sbatch", "munged", "mpirun.mpich"];

/** Whether a Slurm can be started: the programs are there, and root, as whom slurmd runs, starts them. */
export const hasSlurm: boolean = Deno.build.os === "linux" && Deno.uid() === 0 &&
  programs.every(isThere);

/** A cluster that runs. */
export interface Cluster {
  /** Runs one of its programs to its end; throws with what it said when that fails. */
  run(program: string, ...args: string[]): Promise<string>;
}

/** Does work with a cluster of one node that has so many processors. */
export async function withSlurm(
  cpus: number,
  env: Readonly<Record<string, string>>,
  work: (cluster: Cluster) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "slurm-" });
  const at = (...names: string[]) => join(folder, ...names);
  const daemons: Deno.ChildProcess[] = [];
  const variables = {
    ...env,
    SLURM_CONF: at("slurm.conf"),
    PATH: `${Deno.env.get("PATH")}:/usr/sbin`,
  };
  const start = (program: string, ...args: string[]) => {
    const child = new Deno.Command(program, {
      args,
      env: variables,
      ...{ stdin: "null", stdout: "null", stderr: "null" },
    }).spawn();
    daemons.push(child);
    return child;
  };
  const cluster: Cluster = {
    async run(program, ...args) {
      const { code, stdout, stderr } = await new Deno.Command(program, { args, env: variables })
        .output();
      const text = new TextDecoder().decode(stdout);
      if (code === 0) return text;
      throw new Error(`${program} ${args.join(" ")}: ${text}${new TextDecoder().decode(stderr)}`);
    },
  };
  try {
    for (const name of ["state", "spool"]) await Deno.mkdir(at(name));
    await Deno.writeFile(at("munge.key"), crypto.getRandomValues(new Uint8Array(64)), {
      mode: 0o400,
    });
    await Deno.writeTextFile(at("slurm.conf"), configuration(folder, cpus));
    const munge = ["--foreground", "--force", "--key-file", at("munge.key")];
    const files = [
      "--pid-file",
      at("munge.pid"),
      "--seed-file",
      at("seed"),
      "--log-file",
      at("log"),
    ];
    start("munged", ...munge, ...files, "--socket", at("munge.socket"));
    await until(() => Deno.stat(at("munge.socket")).then(() => true, () => false));
    start("slurmctld", "-D", "-f", at("slurm.conf"));
    start("slurmd", "-D", "-f", at("slurm.conf"), "-N", "node");
    const ready = async () =>
      /idle/.test(await cluster.run("sinfo", "-h", "-o", "%T").catch(() => ""));
    await until(ready);
    await work(cluster);
  } finally {
    await cluster.run("scancel", "--user=root").catch(() => {});
    for (const child of daemons.reverse()) {
      try {
        child.kill("SIGTERM");
      } catch { /* it has ended by itself */ }
      await child.status;
    }
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
}

/** Waits until something holds; throws when it does not within two minutes. */
export async function until(holds: () => Promise<boolean>, what = "the cluster"): Promise<void> {
  for (let tried = 0; tried < 600; tried++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`waited in vain for ${what}`);
}

function configuration(folder: string, cpus: number): string {
  const port = 20_000 + Deno.pid % 20_000;
  return `ClusterName=henka
SlurmctldHost=${Deno.hostname()}(127.0.0.1)
SlurmUser=root
SlurmctldPort=${port}
SlurmdPort=${port + 1}
AuthType=auth/munge
AuthInfo=socket=${folder}/munge.socket
CredType=cred/munge
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SchedulerType=sched/builtin
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
SlurmdParameters=config_overrides
JobRequeue=1
MinJobAge=300
KillWait=5
NodeName=node NodeHostname=${Deno.hostname()} NodeAddr=127.0.0.1 CPUs=${cpus} State=UNKNOWN
PartitionName=all Nodes=node Default=YES MaxTime=INFINITE State=UP OverSubscribe=FORCE:4
`;
}

function isThere(program: string): boolean {
  return `${Deno.env.get("PATH")}:/usr/sbin`.split(":").some((folder) => {
    try {
      return Deno.statSync(join(folder, program)).isFile;
    } catch {
      return false;
    }
  });
}
