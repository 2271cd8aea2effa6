import type { Clock } from '../clock.ts';
import { reasonOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import { within } from '../waiting.ts';
import type { Host } from './host.ts';
import { mustRun } from './must-run.ts';
import { RUN_VARIABLE } from './program.ts';

const COMMAND_TIMEOUT_MS = 10_000;

/**
 * `sh -c SCRIPT sh RUN LOOKS`: tells the commands of a run to stop, and looks up to LOOKS times, every 0.2 s, whether they
 * have; 0 looks only lists them. Prints `stopped=COMMAND` and `running=COMMAND`.
 *
 * A process is told when none of the run's stands above it: a command gets SIGTERM, and may end its children as it sees fit
 * (yum ends its transaction first); what it leaves behind gets it afterwards. Nothing is killed: timeout(1), which is
 * passed over here, still sees to the command's limit.
 */
const SCRIPT = `
looks=$2 look=0 quiet=0 told=' '
words() { tr '\\0\\n' '  ' <"/proc/$1/cmdline" 2>/dev/null; }
while :; do
  all=' '
  for file in $(grep -lzxFe "${RUN_VARIABLE}=$1" /proc/[0-9]*/environ 2>/dev/null); do
    process=\${file#/proc/}
    process=\${process%/environ}
    [ "$(cat "/proc/$process/comm" 2>/dev/null)" = timeout ] || all="$all$process "
  done
  [ "$look" -lt "$looks" ] && [ "$quiet" -lt 3 ] || break
  for process in $all; do
    read -r line 2>/dev/null <"/proc/$process/stat" || continue
    set -- "$1" \${line##*) }
    case "$told" in *" $process "*) continue ;; esac
    case "$all" in *" $3 "*) continue ;; esac
    echo "stopped=$(words "$process")"
    kill -TERM "$process" 2>/dev/null
    told="$told$process "
  done
  if [ "$all" = ' ' ]; then quiet=$((quiet + 1)); else quiet=0; fi
  look=$((look + 1))
  sleep 0.2
done
for process in $all; do echo "running=$(words "$process")"; done
`;
/** As root where that is possible: only root sees, and may stop, what runs as root. */
const AS_ROOT_IF_POSSIBLE =
  'if /usr/bin/sudo -n /bin/sh -c : 2>/dev/null; then exec /usr/bin/sudo -n -- /bin/sh -c "$@"; else exec sh -c "$@"; fi';
/** Together three seconds. */
const LOOKS = 12;
/** A machine that does not answer must not take the time that a cancelled run has for its outputs. */
const STOP_TIMEOUT_MS = 4_500;

/**
 * Stops what a run has running on the machine, of a run that was cancelled or whose time is up. Throws nothing.
 * @param runId whose commands; no others are touched
 */
export async function stopCommands(host: Host, runId: string, log: Logger): Promise<void> {
  try {
    const output = await onMachine(host, runId, LOOKS);
    for (const command of listed(output, 'stopped')) log.info(`stopped on the machine: ${command}`);
    for (const command of listed(output, 'running'))
      log.info(`still running on the machine, was told to stop: ${command}`);
  } catch (error) {
    log.info(`what runs on the machine could not be stopped: ${reasonOf(error)}; it ends at its time limit`);
  }
}

/** @returns the commands of a run that is over which still run on the machine */
export async function leftoversOf(host: Host, runId: string): Promise<string[]> {
  return listed(await onMachine(host, runId, 0), 'running');
}

interface AbortableRun {
  readonly runId: string;
  readonly log: Logger;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Stops the commands of a run as soon as it is aborted. @returns waits until that is done; to be called at its end */
export function stopCommandsOnAbort(
  host: Host,
  { runId, log, clock, signal }: AbortableRun,
): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  const stop = () => {
    const late = () => log.info('the machine does not answer: what runs there ends at its time limit');
    stopping = within(clock, STOP_TIMEOUT_MS, stopCommands(host, runId, log), late);
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return async () => {
    signal.removeEventListener('abort', stop);
    await stopping;
  };
}

async function onMachine(host: Host, runId: string, looks: number): Promise<string> {
  const { stdout } = await mustRun(host, {
    argv: ['sh', '-c', AS_ROOT_IF_POSSIBLE, 'sh', SCRIPT, 'sh', runId, `${looks}`],
    timeoutMs: COMMAND_TIMEOUT_MS,
    isUndo: true,
  });
  return stdout;
}

function listed(output: string, kind: string): string[] {
  const lines = output.split('\n').filter(line => line.startsWith(`${kind}=`));
  return lines.map(line => {
    const text = line
      .slice(kind.length + 1)
      .replaceAll(/\s+/g, ' ')
      .trim();
    return text.length > 120 ? `${text.slice(0, 117)}…` : text;
  });
}
