#!/usr/bin/env bash
# An experiment as a Slurm array, on a cluster of this one machine that lives as long as the script: the merged file says
# what one process's does. Needs Debian's slurmctld, slurmd and slurm-client, and to be root.
# Usage: slurm_array.sh ONDOL EXPERIMENT_FILE
set -euo pipefail
ondol=$1
file=$2

for program in slurmctld slurmd sbatch; do
  command -v "$program" >/dev/null || { echo "$program is not installed: skipped"; exit 77; }
done
[[ $EUID -eq 0 ]] || { echo "starting a cluster takes root: skipped"; exit 77; }

folder=$(mktemp -d)
daemons=()
end() {
  for daemon in "${daemons[@]}"; do kill "$daemon" 2>/dev/null || true; done
  wait
  rm -rf "$folder"
}
trap end EXIT

mkdir "$folder/state" "$folder/spool"
cat >"$folder/slurm.conf" <<CONF
ClusterName=ondol
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=16817
SlurmdPort=16818
SlurmUser=root
AuthType=auth/none
CredType=cred/none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
ReturnToService=2
SchedulerParameters=sched_interval=1,batch_sched_delay=0
NodeName=$(hostname -s) NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$folder/slurm.conf
slurmctld -D >"$folder/slurmctld.log" 2>&1 &
daemons+=($!)
slurmd -D >"$folder/slurmd.log" 2>&1 &
daemons+=($!)
for try in $(seq 60); do
  [[ $(sinfo -h -o %T 2>/dev/null) == idle ]] && break
  [[ $try -lt 60 ]] || { tail "$folder"/*.log; echo "the cluster does not come up"; exit 1; }
  sleep 1
done

cd "$folder"
"$ondol" experiment "$file" -o whole.db -q
sbatch --wait --array=1-5 --cpus-per-task=1 --wrap="'$ondol' experiment '$file' -o study.db --threads 1 -q" ||
  { cat slurm-*.out; exit 1; }
"$ondol" merge study.*-of-5.db -o study.db
for table in experiment arm scenario factor design outcome_list series_list world plan run outcome_value series_value; do
  cmp <(sqlite3 whole.db "SELECT * FROM $table") <(sqlite3 study.db "SELECT * FROM $table") ||
    { echo "table $table is not the same"; exit 1; }
done
echo "5 tasks of a Slurm array came to what one process does: $(sqlite3 study.db 'SELECT COUNT(*) FROM run') runs"
