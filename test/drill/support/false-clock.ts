import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import type { Scene } from './drill-case.ts';

const ON_MACHINE = '/usr/local/lib/libfaketime.so.1';
const libraries = () => globSync('/usr/lib/*/faketime/libfaketime.so.1');

/**
 * Lets every program that starts on the machine see another time, by libfaketime: the machine's own clock is the one of this
 * computer. Programs written in Go ask the kernel themselves and see the right time.
 * @param offset as libfaketime takes it: `-1d` is a day behind
 */
export async function setFalseClock({ machine, root }: Scene, offset: string): Promise<void> {
  if (libraries().length === 0)
    execFileSync('apt-get', ['install', '-y', '-qq', 'libfaketime'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  const [library = ''] = libraries();
  execFileSync('docker', ['cp', library, `${machine.container}:${ON_MACHINE}`], { stdio: 'ignore' });
  await root(`echo '${offset}' > /etc/faketimerc; echo ${ON_MACHINE} > /etc/ld.so.preload`);
}

export const setTrueClock = ({ root }: Scene) => root('rm -f /etc/ld.so.preload /etc/faketimerc');
