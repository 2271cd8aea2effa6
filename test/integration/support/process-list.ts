import { readdirSync, readFileSync } from 'node:fs';

const PERIOD_MS = 500;

/** Looks through the arguments of every process on this machine, again and again. Any user here may read them. */
export function watchArguments(secret: string): { stop(): { looks: number; commands: string[] } } {
  const commands = new Set<string>();
  let looks = 0;
  const look = () => {
    looks++;
    for (const name of readdirSync('/proc')) {
      const words = /^\d+$/.test(name) ? argumentsOf(name) : [];
      if (words.some(word => word.includes(secret))) commands.add(words[0] ?? '');
    }
  };
  const timer = setInterval(look, PERIOD_MS);
  return {
    stop() {
      clearInterval(timer);
      return { looks, commands: [...commands] };
    },
  };
}

/** Empty when the process has ended in the meantime. */
function argumentsOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
