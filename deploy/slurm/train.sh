#!/usr/bin/env bash
# A training by several ranks, which saves before its time is over and queues itself again.
#
#   sbatch --ntasks=8 deploy/slurm/train.sh dynamic --data VOC2012 --seed-masks refined --out runs/b
#
# HENKA_MPI says how srun starts the ranks: pmi2 (the default) for MPICH and its like, pmix for Open MPI.
#
#SBATCH --job-name=henka-train
#SBATCH --output=henka-train-%j.log
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --time=24:00:00
#SBATCH --signal=B:USR1@120
# One GPU a rank, where the cluster has them:  --gpus-per-task=1

set -euo pipefail

# The batch script gets USR1 two minutes before the end, and TERM when it makes room for another job. Of
# the signals that save a training, USR2 is one to which `deno task` itself does nothing.
stopped=
# shellcheck disable=SC2317 # called by the trap
stop() {
  stopped=yes
  scancel --signal=USR2 "$SLURM_JOB_ID" || true
}
trap stop USR1 TERM

status=0
# --resume begins the run where there is none.
srun --mpi="${HENKA_MPI:-pmi2}" --kill-on-bad-exit=1 deno task train "$@" --resume &
step=$!
wait "$step" || status=$?
if [[ -n "$stopped" ]]; then
  wait "$step" || status=$?
  if ((status != 0)); then
    scontrol requeue "$SLURM_JOB_ID"
    exit 0
  fi
fi
exit "$status"
