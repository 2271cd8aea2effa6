import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import type { Scene } from './drill-case.ts';

const ON_MACHINE = '/usr/local/lib/libfaketime.so.1';
/**
 * The programs that see the false time: those that download, and the one that is asked for the time. Every program cannot: sshd's
 * sandbox forbids what the library does, and so does a shell that becomes another user.
 */
const PROGRAMS = '/usr/bin/date /usr/bin/curl "$(readlink -f /usr/bin/python3)"';
const libraries = () => globSync('/usr/lib/*/faketime/libfaketime.so.1');

/**
 * Lets the programs of the machine that look at certificates see another time, by libfaketime: the machine's own clock is the one of
 * this computer. Programs written in Go ask the kernel themselves and see the right time.
 * @param offset as libfaketime takes it: `-1d` is a day behind
 */
export async function setFalseClock({ machine, root }: Scene, offset: string): Promise<void> {
  if (libraries().length === 0)
    execFileSync('apt-get', ['install', '-y', '-qq', 'libfaketime'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  const [library = ''] = libraries();
  execFileSync('docker', ['cp', library, `${machine.container}:${ON_MACHINE}`], { stdio: 'ignore' });
  await root(`for program in ${PROGRAMS}; do
    mv "$program" "$program.true"
    cat > "$program" << END
#!/bin/bash
FAKETIME='${offset}' LD_PRELOAD=${ON_MACHINE} exec -a $program $program.true "\\$@"
END
    chmod 755 "$program"
  done`);
}

export const setTrueClock = ({ root }: Scene) =>
  root(
    `for program in ${PROGRAMS}; do if [ -e "$program.true" ]; then mv "$program.true" "$program"; fi; done`,
  );
