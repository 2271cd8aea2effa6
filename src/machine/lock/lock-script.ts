import { LINK, MAKE_AND_ENTER } from '../../host/real-folder.ts';

/** The longest record that is read, in bytes. */
const LONGEST = 4_096;

/**
 * The lock of a machine: `sh -c SCRIPT sh OPERATION TOKEN ABOUT JOB GONE_S SILENT_S`. Prints `state=…`, for a holder that is told
 * `age=…`, and then the holder's record as it was before.
 *
 * - `take`: `free` (taken), `kept` (was ours already), `dead` (taken over from a holder that is no more) or `held`
 * - `keep`: `kept`, or `held` when somebody else has it
 * - `release`: `free`, or `held` when it is not ours
 * - `look`: `free`, `dead` or `held`; writes nothing
 *
 * The record is only written under flock(1) and in one move, and the machine's own monotonic clock tells its age. The process that
 * stands for a run's connection (sshd's session, or the runner's node) is the first one above the command that is no shell. With
 * its start (proc(5), stat, field 22) it is not taken for a later process of the same number.
 *
 * What is in the lock's folder may be somebody else's: no link is followed, and a record is read as far as it makes sense. A sign of
 * life from the future is none. Ends with 65 and `link=PATH` when there is a link.
 */
export const LOCK_SCRIPT = `
trap '' TERM
operation=$1 token=$2 about=$3 job=$4 gone=$5 silent=$6
folder=$HOME/.kafka-al2023/lock
holder=./holder
umask 077
${MAKE_AND_ENTER}
record() { head -c ${LONGEST} -- "$holder" 2>/dev/null; }
field() { record | sed -n "s/^$1=//p" | head -n 1; }
number() { case $1 in '' | *[!0-9]* | ????????????????*) echo 0 ;; *) echo "$1" ;; esac; }
stat_of() {
  read -r line 2>/dev/null <"/proc/$1/stat" || return 1
  set -- $(($2 - 2)) \${line##*) }
  shift "$1"
  echo "$1"
}
connection() {
  process=$PPID
  while [ "$process" -gt 1 ]; do
    case $(cat "/proc/$process/comm") in timeout | env | *sh) ;; *) break ;; esac
    process=$(stat_of "$process" 4)
  done
  echo "$process"
}
age() {
  refreshed=$(number "$(field refreshed)")
  [ "$refreshed" -le "$now" ] || refreshed=0
  if [ "$(field boot)" = "$boot" ]; then echo $((now - refreshed)); else echo "$now"; fi
}
is_dead() {
  age=$(age)
  [ "$age" -le "$silent" ] || return 0
  start=$(field start)
  [ -z "$start" ] || [ "$(stat_of "$(number "$(field process)")" 22)" != "$start" ] || return 1
  [ "$age" -gt "$gone" ] || { [ -n "$job" ] && [ "$job" = "$(field job)" ]; }
}
write() {
  process=$(connection)
  rm -f -- "$holder.new"
  set -C
  {
    printf '%s\\n' "token=$token" "since=$1" "boot=$boot" "refreshed=$now" "process=$process"
    printf '%s\\n' "start=$(stat_of "$process" 22)" "job=$job" "$about"
  } >"$holder.new" && mv -fT -- "$holder.new" "$holder" || exit 1
}
tell() {
  echo "state=$1"
  [ ! -e "$holder" ] || { echo "age=$(age)" && record; }
}

command -v flock >/dev/null || { echo "state=unsupported"; exit; }
now=$(cut -d. -f1 /proc/uptime)
boot=$(cat /proc/sys/kernel/random/boot_id)
[ "$operation" != look ] || [ -d "$folder" ] || { echo "state=free"; exit; }
enter "$HOME" "$folder" || exit $?
for file in guard holder holder.new; do
  [ ! -L "./$file" ] || { echo "link=$folder/$file"; exit ${LINK}; }
  [ ! -e "./$file" ] || [ -f "./$file" ] || { echo "$folder/$file is no file" >&2; exit 1; }
done
if [ "$operation" != look ]; then
  chmod go-w . && exec 9<>./guard && flock -w 10 9 || exit 1
fi
if [ ! -e "$holder" ]; then
  tell free
  case $operation in take | keep) write "$(date -u +%Y-%m-%dT%H:%M:%SZ)" ;; esac
elif [ "$(field token)" = "$token" ]; then
  if [ "$operation" = release ]; then
    tell free
    rm -f -- "$holder" "$holder.new"
  else
    tell kept
    write "$(field since)"
  fi
elif [ "$operation" = keep ] || [ "$operation" = release ] || ! is_dead; then
  tell held
else
  tell dead
  [ "$operation" = look ] || write "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
fi
`;
