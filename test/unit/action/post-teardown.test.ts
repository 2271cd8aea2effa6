import { afterEach, describe, expect, it, vi } from 'vitest';
import { post } from '../../../src/action/post.ts';
import { capturedOutput } from '../support/captured-output.ts';
import { makeKey } from '../support/ssh-keys.ts';
import { SshServer } from '../support/ssh-server.ts';

const userKey = makeKey('ed25519');
const key = userKey.privateKey;
/** Nothing listens there: whatever the post step wants from the machine fails, and is seen to be wanted. */
const UNREACHABLE = { host: '127.0.0.1', port: '1', key, 'connect-timeout': '1' };
const DEPLOYED = { 'run-id': 'ab12', deploying: 'true', result: 'passed', verdict: 'Passed: all of it.' };

afterEach(() => {
  vi.unstubAllEnvs();
  process.removeAllListeners('SIGINT').removeAllListeners('SIGTERM');
});

async function posting(
  inputs: Record<string, string>,
  state: Record<string, string> = DEPLOYED,
): Promise<string> {
  for (const [name, value] of Object.entries({ ...UNREACHABLE, ...inputs }))
    vi.stubEnv(`INPUT_${name.toUpperCase()}`, value);
  for (const [name, value] of Object.entries(state)) vi.stubEnv(`STATE_${name}`, value);
  vi.stubEnv('GITHUB_STEP_SUMMARY', '');
  const lines = capturedOutput();
  await post();
  return lines()
    .filter(line => !line.startsWith('::add-mask::'))
    .join('\n');
}
const TRIED = /::warning::The deployment could not be taken down \(connect: .*\)\. mode down does it later/;

describe('the end of the job', () => {
  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['always', { teardown: 'always', 'job-status': 'success' }, {}],
    ['on failure of the job', { teardown: 'on-failure', 'job-status': 'failure' }, {}],
    ['on the end of a job that was cancelled', { teardown: 'on-failure', 'job-status': 'cancelled' }, {}],
    [
      'on failure of the run itself',
      { teardown: 'on-failure', 'job-status': 'success' },
      { result: 'failed' },
    ],
  ])('takes down what was deployed: %s', async (_, inputs, state) => {
    const log = await posting(inputs, { ...DEPLOYED, ...state });
    expect(log).toMatch(TRIED);
    expect(log.split('\n').at(-1)).toBe('Passed: all of it.');
    expect(process.exitCode).toBeUndefined();
  });

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['it is not asked to', { teardown: 'never', 'job-status': 'failure' }, {}],
    ['the job passed', { teardown: 'on-failure', 'job-status': 'success' }, {}],
    ['nobody says how the job ended', { teardown: 'on-failure', 'job-status': `\${{ job.status }}` }, {}],
    ['nothing was deployed', { teardown: 'always' }, { deploying: '' }],
    ['the inputs were refused', { teardown: 'always', messages: 'x' }, {}],
  ])('leaves the machine alone when %s', async (_, inputs, state) => {
    expect(await posting(inputs, { ...DEPLOYED, ...state })).toBe('Passed: all of it.');
  });

  it('gives back what a run that was killed holds on the machine', async () => {
    const log = await posting({ teardown: 'never' }, { 'run-id': 'ab12', deploying: 'true' });
    expect(log).toContain('the run was killed: what it holds on the machine is given back');
    expect(log).toMatch(/::warning::What the killed run holds on the machine could not be given back: /);
    expect(process.exitCode).toBeUndefined();
  });

  it('is not trusted to another machine that has taken the place of the one that the run saw', async () => {
    const impostor = await SshServer.start({ hostKeys: [makeKey('ed25519')], authorized: [userKey] });
    const port = `${impostor.port}`;
    const shown = { 'host-keys': JSON.stringify({ [`127.0.0.1 ${port}`]: makeKey('ed25519').fingerprint }) };
    const log = await posting({ teardown: 'always', port }, { ...DEPLOYED, ...shown });
    expect(log).toMatch(/could not be taken down \(connect: the host key of .* changed during the job\./);
    const killed = { ...DEPLOYED, result: '', ...shown };
    expect(await posting({ teardown: 'never', port }, killed)).toMatch(
      /could not be given back: the host key of .* changed during the job\./,
    );
    expect(impostor.connections).toBeGreaterThan(0);
    expect(impostor.signIns).toBe(0);
  });

  it('does nothing on the machine when the state that says which one it was is damaged', async () => {
    const server = await SshServer.start({ hostKeys: [makeKey('ed25519')], authorized: [userKey] });
    const state = { ...DEPLOYED, 'host-keys': 'half of {' };
    const log = await posting({ teardown: 'always', port: `${server.port}` }, state);
    expect(log).toContain('::warning::The end of the job: ');
    expect(server.connections).toBe(0);
  });

  it('names the volumes that are to go, too', async () => {
    expect(await posting({ teardown: 'always', volumes: 'true' })).toContain(
      'mode down with volumes does it later',
    );
  });
});
