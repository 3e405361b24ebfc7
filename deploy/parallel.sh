#!/usr/bin/env bash
# One machine with several GPUs or many cores, or several machines that ssh reaches, by GNU parallel:
#
#   deploy/parallel.sh 4 refine --run runs/a --out refined
#
# Each of the 4 parts is tried three times; finished photographs are not done again. More machines:
# PARALLEL="--sshlogin node1,node2 --workdir $PWD" deploy/parallel.sh 4 ...
set -euo pipefail

deno task setup # once, not by all parts at the same time
parts=$1
shift
printf -v command '%q ' deno task "$@"
seq "$parts" | parallel --jobs "$parts" --retries 3 --halt soon,fail=1 "$command --shard {}/$parts"
