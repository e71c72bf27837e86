#!/bin/bash
# Submits a transform in shards: a job array, and a merge that waits for it.
#
#   submit.sh <shards> <export> <work> <handoff> [options of chatferry transform]
#   submit.sh 16 /data/export.zip /scratch/work /data/handoff --plan /data/plan
#
# Partition, account and time are those of your site: set SBATCH_PARTITION, SBATCH_ACCOUNT, SBATCH_TIMELIMIT.
# When a shard cannot finish, the merge is cancelled; see work/shard-<n>.log, run that task again, then merge.sbatch.
set -euo pipefail

if [ $# -lt 4 ]; then
  sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi

recipes=$(cd "$(dirname "$0")" && pwd)
shards=$1
export_path=$(realpath "$2")
work=$(realpath -m "$3")
handoff=$(realpath -m "$4")
shift 4
mkdir -p "$work"

array=$(sbatch --parsable --array="1-$shards" --output="$work/shard-%a.log" \
  "$recipes/shard.sbatch" "$shards" "$export_path" "$work" "$@")
merge=$(sbatch --parsable --dependency="afterok:$array" --kill-on-invalid-dep=yes --output="$work/merge.log" \
  "$recipes/merge.sbatch" "$shards" "$work" "$handoff")

echo "Submitted $shards shards as job $array and their merge as job $merge; its report and verdict will be in $work/merge.log."
