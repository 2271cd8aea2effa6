import { readFileSync } from 'node:fs';
import type { ActionRun } from '../../../script/run-action.ts';
import { interrupted, jobOf, stateOf, traces } from '../../integration/support/interruptions.ts';
import type { DrillCase, DrillGroup, Scene } from '../support/drill-case.ts';

const KILLS = 50;
/** A whole first run takes about this long; later ones, which find everything done, are killed in their smoke tests. */
const LONGEST_S = 30;

/** What killed runs left, once one has passed. */
async function expectNoTraces({ machine }: Scene): Promise<void> {
  const left = await traces(machine);
  const text = JSON.stringify(left);
  if (text !== JSON.stringify({ processes: '', lock: 'guard', temporary: '' }))
    throw new Error(`left: ${text}`);
}

const coldRuns: DrillCase = {
  name: 'two-cold-runs',
  situation: 'Two runs begin at once on a machine after its first boot.',
  right: 'both pass: the second waits for the first and finds everything done',
  withinS: 300,
  run: async ({ action }) => {
    const [one, two] = await Promise.all(
      ['1', '2'].map(job => action({ clients: 'runner' }, { environment: jobOf(job) })),
    );
    return one?.outputs.result === 'passed' ? (two as ActionRun) : (one as ActionRun);
  },
  ends: { result: 'passed', outputs: { 'messages-consumed': '10' } },
  also: expectNoTraces,
};

/** The title in `✔ TITLE: changed in 1.0 s (…)`, the line that closes a step. */
const closedStep = (line: string) => /^✔ (.+?): (?:changed|unchanged|passed) in /.exec(line)?.[1];

interface ReportFile {
  readonly steps: readonly { readonly title: string }[];
}

/** Kills a run behind each line that closes a step, until one ends by itself. */
async function killEachStep({ machine }: Scene): Promise<ActionRun> {
  const killedAt = new Set<string>();
  const isNew = (line: string) => {
    const title = closedStep(line);
    if (title === undefined || killedAt.has(title)) return false;
    killedAt.add(title);
    return true;
  };
  for (;;) {
    const run = await interrupted(machine, { signal: 'SIGKILL', after: isNew });
    if (run.tookMs !== undefined) continue;
    const { steps } = JSON.parse(readFileSync(run.outputs.report ?? '', 'utf8')) as ReportFile;
    const spared = steps.filter(({ title }) => !killedAt.has(title)).map(({ title }) => title);
    if (spared.length > 0) throw new Error(`no run was killed behind: ${spared.join(', ')}`);
    return run;
  }
}

const killedAtEveryStep: DrillCase = {
  name: 'killed-at-every-step',
  situation:
    'A run is killed (SIGKILL) behind each of its steps, one run after the other, on a machine without a cluster.',
  right: 'each goes on, the last finds nothing to do, and the machine is as after an undisturbed run',
  withinS: 600,
  run: async scene => {
    const { action, machine } = scene;
    await action({ mode: 'down', volumes: 'true' });
    const last = await killEachStep(scene);
    const disturbed = await stateOf(machine);
    await action({ mode: 'down', volumes: 'true' });
    await action();
    const undisturbed = await stateOf(machine);
    if (disturbed !== undisturbed) throw new Error(`${disturbed}\nand undisturbed\n${undisturbed}`);
    return last;
  },
  ends: { result: 'passed', outputs: { changed: '', 'messages-consumed': '10' } },
  also: expectNoTraces,
};

const fiftyKills: DrillCase = {
  name: 'fifty-kills',
  situation: `${KILLS} runs are killed (SIGKILL), each at a random moment, the first on a machine without a cluster.`,
  right: 'the next run passes; no process, lock, half file, topic or group is left',
  withinS: 3_000,
  run: async scene => {
    await scene.action({ mode: 'down', volumes: 'true' });
    for (let kill = 0; kill < KILLS; kill++) {
      await interrupted(scene.machine, {
        signal: 'SIGKILL',
        after: line => line.includes('::group::Connect'),
        delayMs: Math.random() * LONGEST_S * 1000,
      });
    }
    return scene.action();
  },
  ends: { result: 'passed', outputs: { 'messages-consumed': '10', 'messages-lost': '0' } },
  also: expectNoTraces,
};

const firstBoot: DrillCase = {
  name: 'first-boot',
  situation:
    "The machine is still in its first boot: the user data installs Docker and holds rpm's lock meanwhile.",
  right: 'waits for the lock and passes',
  withinS: 300,
  make: async ({ root }) => {
    await root(
      'if rpm -q docker; then docker ps -aq | xargs -r docker rm -fv; systemctl stop docker.socket docker; rpm -e docker containerd runc; fi',
    );
    const holdsLock = `import fcntl, time
f = open("/var/lib/rpm/.rpm.lock", "a")
fcntl.lockf(f, fcntl.LOCK_EX)
time.sleep(15)`;
    await root(
      `systemd-run --quiet --unit=cloud-final bash -c "python3 -c '${holdsLock}'; yum install -y docker; systemctl start docker"; sleep 1`,
    );
  },
  ends: { result: 'passed', says: [/holds the lock of the package database/] },
};

const lateSshd: DrillCase = {
  name: 'late-sshd',
  situation: 'sshd starts fifteen seconds after the run does.',
  right: 'waits within connect-timeout and passes',
  make: ({ root }) =>
    root('systemctl stop ssh; systemd-run --quiet bash -c "sleep 15; systemctl start ssh"; sleep 0.2'),
  ends: { result: 'passed' },
};

export const INTERRUPTIONS: DrillGroup = {
  name: 'interruptions',
  machine: 'bare',
  cases: [coldRuns, firstBoot, lateSshd, killedAtEveryStep, fiftyKills],
};
