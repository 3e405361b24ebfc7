#!/usr/bin/env bash
# A list that the tasks of a Slurm array share: any command with --shard.
#
#   sbatch --array=0-7 deploy/slurm/shards.sh refine --run runs/a --out refined
#
# When all are done: deno task merge refined. A task that was killed is run again alone, by its number:
#
#   sbatch --array=3 --export=ALL,HENKA_PARTS=8 deploy/slurm/shards.sh refine --run runs/a --out refined
#
#SBATCH --job-name=henka
#SBATCH --output=henka-%A-%a.log
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --time=04:00:00
#SBATCH --signal=B:USR1@60
# One GPU a task, where the cluster has them:  --gres=gpu:1

set -euo pipefail

shard=auto
if [[ -n "${HENKA_PARTS:-}" ]]; then shard="auto/$HENKA_PARTS"; fi

# Before its time is over, and before it makes room for another job, the task stops and is queued again:
# what is done stays done.
stopped=
work=
# shellcheck disable=SC2317 # called by the trap
stop() {
  stopped=yes
  if [[ -n "$work" ]]; then kill -TERM "$work" || true; fi
}
trap stop USR1 TERM

status=0
deno task "$@" --shard "$shard" &
work=$!
wait "$work" || status=$?
if [[ -n "$stopped" ]]; then
  wait "$work" || status=$?
  if ((status == 143)); then
    scontrol requeue "$SLURM_JOB_ID"
    exit 0
  fi
fi
exit "$status"
