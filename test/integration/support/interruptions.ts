import { expect } from 'vitest';
import type { ActionRun } from '../../../script/run-action.ts';
import { asRoot, deployTo, type Machine } from './lab.ts';

/** The variables that a runner sets in every process of one job. */
export const jobOf = (run: string): Record<string, string> => ({
  GITHUB_SERVER_URL: 'https://github.example',
  GITHUB_REPOSITORY: 'me/kafka',
  GITHUB_RUN_ID: run,
  GITHUB_WORKFLOW: 'Nightly',
  GITHUB_JOB: 'prove',
  RUNNER_NAME: 'a runner',
});

export interface InterruptedRun extends ActionRun {
  /** From the signal to the end of the process; undefined when it ended before. */
  readonly tookMs?: number;
}

interface Interruption {
  readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL';
  /** The line of the log after which the signal comes. */
  readonly after: (line: string) => boolean;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Milliseconds between that line and the signal; 0 by default. */
  readonly delayMs?: number;
}

/** Runs the built action and sends it a signal. */
export async function interrupted(machine: Machine, options: Interruption): Promise<InterruptedRun> {
  const { signal, after, inputs = {}, environment = jobOf('1'), delayMs = 0 } = options;
  const end = new AbortController();
  let sentAt: number | undefined;
  let isDue = false;
  const send = () => {
    sentAt = performance.now();
    end.abort();
  };
  const onOutput = (line: string) => {
    if (isDue || !after(line)) return;
    isDue = true;
    if (delayMs === 0) send();
    else setTimeout(send, delayMs);
  };
  const run = await deployTo(machine, inputs, {
    signal: end.signal,
    killSignal: signal,
    onOutput,
    environment,
  });
  return { ...run, ...(sentAt === undefined ? {} : { tookMs: performance.now() - sentAt }) };
}

/** Expects everything that must hold after a run that was cancelled in the middle of something. */
export async function expectCleanEnd(machine: Machine, run: InterruptedRun, step: string): Promise<void> {
  expect(run.tookMs, `the log never came to the line:\n${run.log}`).toBeLessThan(7_000);
  expect(run.exitCode, run.log).toBe(1);
  expect(run.outputs, run.log).toMatchObject({
    result: 'failed',
    'error-code': 'cancelled',
    'failed-step': step,
  });
  expect(run.summary).toMatch(/^## 🚫 /);
  expect(await traces(machine), run.log).toEqual({ processes: '', lock: 'guard', temporary: '' });
}

/** The things that no run may leave behind: its processes, its lock, half-written files. */
export async function traces(machine: Machine) {
  const home = '/home/ec2-user';
  const [processes = '', lock = '', temporary = ''] = (
    await asRoot(
      machine,
      [
        // The mark of a run. sshd and the processes that it started for the action have ended, too.
        `for f in $(grep -lza KAFKA_AL2023_RUN= /proc/[0-9]*/environ 2>/dev/null); do tr '\\0' ' ' <"\${f%environ}cmdline"; done`,
        'echo ---',
        `ls -A ${home}/.kafka-al2023/lock`,
        'echo ---',
        `find ${home}/docker_exp ${home}/.kafka-al2023 /usr/local/bin -regex '.*\\(\\.[0-9]+\\|\\.new\\|\\.download\\)' -not -path '*/kafka_env/*'`,
      ].join('\n'),
    )
  ).split(/---\n?/);
  return { processes: processes.trim(), lock: lock.trim(), temporary: temporary.trim() };
}

/** Everything that a deployment leaves on the machine, as text. */
export const stateOf = (machine: Machine) =>
  asRoot(
    machine,
    [
      'cd /home/ec2-user/docker_exp',
      "find . -path ./kafka_env -prune -o -printf '%p %M %u %s\\n' | sort",
      'sha256sum docker-compose.yml producer.py consumer.py requirements.txt',
      "find kafka_env -not -path '*/__pycache__*' -printf '%p %M %u\\n' | sort",
      'kafka_env/bin/python -m pip list --format freeze --disable-pip-version-check',
      "docker ps -a --format '{{.Names}} {{.State}} {{.Image}}' | sort",
      "docker volume ls --filter label=com.docker.compose.project --format '{{.Name}}' | sort",
      "docker network ls --format '{{.Name}}' | sort",
      'sha256sum /usr/local/bin/docker-compose; ls -l /usr/local/bin | tail -n +2 | cut -c1-10',
      'rpm -q docker python3 system-release; systemctl is-enabled docker',
    ].join('\n'),
  );
