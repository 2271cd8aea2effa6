import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import type { TunnelOrder } from '../../../src/tunnel/order.ts';
import { identify, isRunning } from '../../../src/tunnel/process-identity.ts';
import { startTunnel, type TunnelState } from '../../../src/tunnel/start.ts';
import { stopTunnel } from '../../../src/tunnel/stop.ts';
import { InstantClock } from '../support/clocks.ts';
import { makeKey } from '../support/ssh-keys.ts';
import { SshServer } from '../support/ssh-server.ts';
import { targetAt } from '../support/ssh-target.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { actionErrorOf } from '../support/thrown-error.ts';
import { echoPort, exchange, me, until, untilClosed } from '../support/tunnels.ts';

const folder = temporaryFolder();
const hostKey = makeKey('ed25519');
const userKey = makeKey('ed25519');
const strangerKey = makeKey('ed25519');
let logs = 0;

interface Options {
  readonly program?: string;
  readonly signal?: AbortSignal;
  /** Where a link that stands in the log's place leads. */
  readonly linkTo?: string;
}

/** Starts the program of the tunnel; it is gone after the test. */
function starting(order: TunnelOrder, { program = 'src/tunnel.ts', signal, linkTo }: Options = {}) {
  const log = join(folder, `${logs++}.log`);
  if (linkTo !== undefined) symlinkSync(linkTo, log);
  const states: TunnelState[] = [];
  const started = startTunnel(order, {
    ...{ program, log, clock: systemClock, signal: signal ?? new AbortController().signal },
    env: { PATH: process.env.PATH ?? '', NODE_NO_WARNINGS: '1' },
    onStarted: state => states.push(state),
  });
  onTestFinished(async () => {
    for (const state of states) await stopTunnel(state, systemClock);
  });
  const state = () => states[0] ?? expect.unreachable('no process was started');
  return { started, state, logged: () => readFileSync(log, 'utf8') };
}

async function orderTo(key = userKey): Promise<TunnelOrder> {
  const server = await SshServer.start({ hostKeys: [hostKey], authorized: [userKey] });
  const machine = { target: targetAt(server.port, key), forwards: [await echoPort()] };
  return { machines: [machine], shownKeys: {}, starter: me };
}

const portOf = ({ machines: [machine] }: TunnelOrder) => machine?.forwards[0]?.port ?? 0;

describe('the process of a tunnel', () => {
  it('stays until it is stopped, and nobody can read the key of it', async () => {
    const order = await orderTo();
    const { started, state, logged } = starting(order);
    await started;
    expect(await exchange(portOf(order), 'hello')).toBe('hello');
    const secret = userKey.privateKey.split('\n')[2] ?? expect.unreachable();
    for (const file of ['cmdline', 'environ'])
      expect(readFileSync(`/proc/${state().pid}/${file}`, 'utf8')).not.toContain(secret);
    expect(await stopTunnel(state(), systemClock)).toBe('ended');
    await untilClosed(portOf(order));
    expect(logged()).toMatch(/Z ended: it was told to \(SIGTERM\)\n$/);
    expect(logged()).not.toContain(secret);
    expect(JSON.stringify(state())).not.toContain(secret);
  });

  it('is not looked after any more, once it is open, by who started it', async () => {
    const { started, state } = starting(await orderTo());
    await started;
    rmSync(state().log);
    expect(await stopTunnel(state(), systemClock)).toBe('ended');
    // An exception in this process would fail the test.
    await new Promise(resolve => setTimeout(resolve, 200));
  });

  it('ends with the process that started the action', async () => {
    const starter = spawn('sleep', ['60']);
    const order = { ...(await orderTo()), starter: identify(starter.pid ?? 0) ?? expect.unreachable() };
    const { started, state, logged } = starting(order);
    await started;
    starter.kill('SIGKILL');
    await until(() => !isRunning(state()));
    expect(logged()).toContain(`ended: the job ended (process ${starter.pid})`);
  });

  it('says what is wrong, with its log, and is gone', async () => {
    const order = await orderTo();
    const { started: first } = starting(order);
    await first;
    const { started, state, logged } = starting(order);
    const error = await actionErrorOf(() => started);
    expect(error.code).toBe('tunnel-port-in-use');
    expect(error.message).toMatch(/\(held by kafka-tunnel, process \d+\)$/);
    expect(logged()).toContain('ended: already taken');
    expect(isRunning(state())).toBe(false);
  });

  it('that dies before it has said anything is a failed tunnel', async () => {
    const program = join(folder, 'broken.js');
    writeFileSync(program, 'console.error("a fault of its own"); process.exit(3)');
    const error = await actionErrorOf(async () => starting(await orderTo(), { program }).started);
    expect(error).toMatchObject({ code: 'tunnel-failed', message: 'its process ended (exit code 3)' });
    expect(error.details).toEqual(['a fault of its own']);
  });

  it('does not outlive a run that is cancelled', async () => {
    const abort = new AbortController();
    // Tries for some seconds.
    const { started, state } = starting(await orderTo(strangerKey), { signal: abort.signal });
    setTimeout(() => abort.abort(new Error('cancelled')), 300);
    await expect(started).rejects.toThrow('cancelled');
    expect(isRunning(state())).toBe(false);
  });

  it('does not write through a link that stands where its log goes', async () => {
    const linkTo = join(folder, 'elsewhere');
    writeFileSync(linkTo, 'mine');
    const { started } = starting(await orderTo(), { linkTo });
    expect(await actionErrorOf(() => started)).toMatchObject({
      code: 'tunnel-failed',
      message: expect.stringMatching(/^the tunnel's log cannot be opened: ELOOP/),
    });
    expect(readFileSync(linkTo, 'utf8')).toBe('mine');
  });

  it('does not outlive a run that is killed', async () => {
    const order = await orderTo(strangerKey);
    const program = join(folder, 'parent.mjs');
    // As startTunnel does, up to its waiting.
    writeFileSync(
      program,
      `import { spawn } from 'node:child_process';
       const child = spawn(process.execPath, ['src/tunnel.ts'], { detached: true, stdio: ['pipe', 'ignore', 'ignore', 'ipc'] });
       child.stdin.end(process.env.ORDER);
       console.log(child.pid);`,
    );
    const parent = spawn(process.execPath, [program], {
      env: { ...process.env, NODE_NO_WARNINGS: '1', ORDER: JSON.stringify(order) },
    });
    const [line] = await once(parent.stdout, 'data');
    const tunnel = identify(Number(String(line))) ?? expect.unreachable();
    parent.kill('SIGKILL');
    const killedAt = performance.now();
    await until(() => !isRunning(tunnel));
    // It would go on trying for 8 s.
    expect(performance.now() - killedAt).toBeLessThan(4_000);
  });

  it('that was told nothing ends', async () => {
    const child = spawn(process.execPath, ['src/tunnel.ts'], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end('{"machines": [{"target": {"privateKey": "half of a k');
    const [[line], [code]] = await Promise.all([once(child.stdout, 'data'), once(child, 'exit')]);
    expect(String(line)).toMatch(/Z ended: what to do did not arrive\n$/);
    expect(code).toBe(1);
  });
});

describe('stopping', () => {
  it('leaves a process alone that only has the same number', async () => {
    const child = spawn('sleep', ['60']);
    onTestFinished(() => void child.kill('SIGKILL'));
    expect(await stopTunnel({ pid: child.pid ?? 0, startTime: '1' }, systemClock)).toBe('was-gone');
    expect(child.exitCode).toBeNull();
    expect(child.signalCode).toBeNull();
  });

  it('kills a process that does not listen', async () => {
    const child = spawn('bash', ['-c', 'trap "" TERM; echo; while :; do sleep 0.1; done']);
    await once(child.stdout, 'data');
    const clock = new InstantClock();
    const end = await stopTunnel(identify(child.pid ?? 0) ?? expect.unreachable(), clock);
    expect(end).toBe('killed');
    expect(clock.now()).toBeGreaterThanOrEqual(5_000);
    if (child.signalCode === null) await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');
  });
});
