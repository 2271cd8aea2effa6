import { closeSync, constants, openSync, readFileSync, readSync, writeFileSync, writeSync } from 'node:fs';

/** Fields of /proc/PID/stat, counted from the first one after the program's name: env_start and env_end (proc_pid_stat(5)). */
const [ENV_START, ENV_END] = [47, 48];
/** The runner's own, PATH and the like: nobody puts a secret there, and a run cannot do without. */
const NEEDED =
  /^(GITHUB|RUNNER|ACTIONS)_|^(PATH|HOME|USER|LANG)$|^(Path|SystemRoot|ComSpec|USERPROFILE|TEMP|TMP)$/;

/**
 * Takes the inputs, and whatever else holds a secret, out of this process's environment: no child gets them, and neither
 * /proc/PID/environ nor a diagnostic report shows them.
 * @param holdsSecret whether the value of a variable holds a secret
 * @returns false where the copy that the system keeps could not be erased, as on another system than Linux
 */
export function removeSecrets(env: NodeJS.ProcessEnv, holdsSecret: (value: string) => boolean): boolean {
  const names = Object.entries(env)
    .filter(([name, value = '']) => name.startsWith('INPUT_') || (!NEEDED.test(name) && holdsSecret(value)))
    .map(([name]) => name);
  for (const name of names) delete env[name];
  return eraseAtStart(new Set(names));
}

/** Keeps what is in memory out of the files that a crash leaves: neither a report's variables nor a core's pages. */
export function hideFromCrashes(): void {
  process.report.excludeEnv = true;
  try {
    // No kind of mapping is dumped (core(5)); children inherit it.
    writeFileSync('/proc/self/coredump_filter', '0');
  } catch {
    // Another system than Linux, or a kernel without core dumps.
  }
}

/**
 * A variable that is removed stays in the memory with which the process was started, and that is what /proc/PID/environ shows
 * to every process of the user. It is writable by the process itself.
 */
function eraseAtStart(names: ReadonlySet<string>): boolean {
  if (names.size === 0) return true;
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [start, end] = [Number(fields[ENV_START]), Number(fields[ENV_END])];
    const memory = openSync('/proc/self/mem', constants.O_RDWR);
    try {
      erase(memory, start, end, names);
    } finally {
      closeSync(memory);
    }
    return true;
  } catch {
    return false;
  }
}

function erase(memory: number, start: number, end: number, names: ReadonlySet<string>): void {
  const block = Buffer.alloc(end - start);
  readSync(memory, block, 0, block.length, start);
  let at = 0;
  while (at < block.length) {
    const stop = block.indexOf(0, at);
    const next = stop < 0 ? block.length : stop;
    const sign = block.indexOf('=', at);
    if (sign >= 0 && sign < next && names.has(block.toString('utf8', at, sign)))
      writeSync(memory, Buffer.alloc(next - at), 0, next - at, start + at);
    at = next + 1;
  }
}
