import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { interrupted, jobOf, traces } from './support/interruptions.ts';
import { asRoot, deployTo, type Machine, startMachine, stopMachine } from './support/lab.ts';

const slowly = { clients: 'runner', messages: '40', 'message-interval': '0.3' };
const quickly = { clients: 'runner' };
const WHO =
  'https://github.example/me/kafka/actions/runs/1 (workflow Nightly, job prove), mode deploy, since ';

describe('two runs on one machine', () => {
  let machine: Machine;

  beforeAll(async () => {
    machine = await startMachine('test-lock');
  });
  afterAll(() => stopMachine('test-lock'));

  /** Starts a run that goes on; resolves when its log comes to a line. */
  async function holder(inputs: Record<string, string>, line: RegExp, end = new AbortController()) {
    const reached = Promise.withResolvers<void>();
    const ended = deployTo(machine, inputs, {
      environment: jobOf('1'),
      onOutput: text => {
        if (line.test(text)) reached.resolve();
      },
      ...{ signal: end.signal, killSignal: 'SIGKILL' },
    });
    await Promise.race([reached.promise, ended]);
    return { ended, kill: () => end.abort() };
  }

  test('start at once: the second waits, says for whom, and passes', async () => {
    const first = await holder({}, /^✔ Directory/);
    const second = await deployTo(machine, quickly, { environment: jobOf('2') });
    const one = await first.ended;
    expect(one.exitCode, one.log).toBe(0);
    expect(one.log).not.toContain('in use by');
    expect(second.outputs, second.log).toMatchObject({ result: 'passed', changed: '' });
    expect(second.log).toContain(`the machine is in use by ${WHO}`);
    expect(second.log).toMatch(/waiting \(\d\.\d s of 10 min 0 s\)/);
    expect(await traces(machine)).toEqual({ processes: '', lock: 'guard', temporary: '' });
  });

  test('do not wait for ever: the second gives up after lock-timeout or when cancelled, and takes over from a dead first one', async () => {
    const first = await holder(slowly, /^::group::Smoke test from the runner/);
    const late = await deployTo(machine, { ...quickly, 'lock-timeout': '2' }, { environment: jobOf('2') });
    expect(late.outputs, late.log).toMatchObject({
      'error-code': 'machine-locked',
      'failed-step': 'lock',
      changed: '',
    });
    expect(late.log).toMatch(/the machine is still in use after waiting for [2-9]\.\d s by /);
    expect(late.log).toContain(`by ${WHO}`);
    expect(late.log).toMatch(/::error title=Kafka%3A machine-locked/);
    const plain = await deployTo(machine, { ...quickly, 'lock-timeout': '0' }, { environment: jobOf('2') });
    expect(plain.outputs['error-code']).toBe('machine-locked');
    expect(Number(plain.outputs['duration-ms'])).toBeLessThan(5_000);

    const cancelled = await interrupted(machine, {
      ...{ signal: 'SIGINT', environment: jobOf('2'), inputs: quickly, delayMs: 500 },
      after: line => line.includes('in use by'),
    });
    expect(cancelled.tookMs).toBeLessThan(7_000);
    expect(cancelled.outputs, cancelled.log).toMatchObject({
      'error-code': 'cancelled',
      'failed-step': 'lock',
    });
    const token = await asRoot(machine, "sed -n 's/^who=//p' /home/ec2-user/.kafka-al2023/lock/holder");
    expect(token).toContain('/runs/1 ');

    first.kill();
    const one = await first.ended;
    expect(one.outputs).toEqual({});
    const started = performance.now();
    const next = await deployTo(machine, quickly, { environment: jobOf('2') });
    expect(next.outputs, next.log).toMatchObject({ result: 'passed', changed: '' });
    expect(next.log).toContain(`the lock is taken over from ${WHO}`);
    expect(performance.now() - started).toBeLessThan(45_000);
    expect(await traces(machine)).toEqual({ processes: '', lock: 'guard', temporary: '' });
  });

  test('never work at once: a run stops when another has taken its lock', async () => {
    const first = await holder(slowly, /^::group::Smoke test from the runner/);
    await asRoot(
      machine,
      "sed -i 's/^token=.*/token=another/; s#^who=.*#who=https://github.example/runs/9#' /home/ec2-user/.kafka-al2023/lock/holder",
    );
    const run = await first.ended;
    expect(run.outputs, run.log).toMatchObject({ result: 'failed', 'error-code': 'lock-lost' });
    expect(run.log).toContain('https://github.example/runs/9');
    expect(await asRoot(machine, 'cat /home/ec2-user/.kafka-al2023/lock/holder')).toContain('token=another');
  });
});
