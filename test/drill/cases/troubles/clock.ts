import type { DrillCase } from '../../support/drill-case.ts';
import { setFalseClock, setTrueClock } from '../../support/false-clock.ts';

/** Docker Compose has to be downloaded by https, under a certificate that was made a short time ago. */
const clockCase = (name: string, offset: string, words: RegExp): DrillCase => ({
  name,
  situation: `The machine's clock is off by ${offset}, and Docker Compose has to be downloaded.`,
  right:
    "clock-wrong with both times and the difference; the network is not blamed, nothing is left in the program's place",
  make: async scene => {
    await scene.root('rm -f /usr/local/bin/docker-compose');
    await setFalseClock(scene, offset);
  },
  mend: setTrueClock,
  ends: {
    result: 'failed',
    code: 'clock-wrong',
    says: [words],
    neverSays: [/Check that the machine reaches/],
  },
  also: async ({ root }) => {
    const left = await root('ls -A /usr/local/bin');
    if (left !== '') throw new Error(`left in /usr/local/bin: ${left}`);
  },
});

export const CLOCK: readonly DrillCase[] = [
  clockCase('clock-days-behind', '-2d', /2 days behind the runner's/),
  clockCase('clock-years-ahead', '+20y', /days ahead of the runner's/),
];
