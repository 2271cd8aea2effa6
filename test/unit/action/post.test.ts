import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { post } from '../../../src/action/post.ts';
import { identify } from '../../../src/tunnel/process-identity.ts';
import { capturedOutput } from '../support/captured-output.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const log = join(folder, 'tunnel.log');

beforeEach(() => writeFileSync(log, 'connected\n::error::lost with a-long-passphrase\n'));
afterEach(() => vi.unstubAllEnvs());

async function posting(state: Record<string, string>): Promise<string[]> {
  for (const [name, value] of Object.entries(state)) vi.stubEnv(`STATE_${name}`, value);
  const lines = capturedOutput();
  await post();
  return lines();
}

describe('the post step', () => {
  it('ends the tunnel, shows its log, and repeats the verdict', async () => {
    const child = spawn('sleep', ['60']);
    onTestFinished(() => void child.kill('SIGKILL'));
    const ended = once(child, 'exit');
    vi.stubEnv('INPUT_PASSPHRASE', 'a-long-passphrase');
    const tunnel = { ...identify(child.pid ?? 0), log };
    const lines = await posting({ tunnel: JSON.stringify(tunnel), verdict: 'Passed: all of it.' });
    expect(await ended).toEqual([null, 'SIGTERM']);
    expect(lines.filter(line => !line.startsWith('::add-mask::'))).toEqual([
      '::group::Tunnel: the tunnel is closed',
      'connected',
      '\u200b::error::lost with ***',
      '::endgroup::',
      'Passed: all of it.',
    ]);
  });

  it('says when the tunnel has ended already', async () => {
    const lines = await posting({ tunnel: JSON.stringify({ pid: process.pid, startTime: '1', log }) });
    expect(lines[0]).toBe('::group::Tunnel: the tunnel had ended before; its log says why');
  });

  it('says nothing when the run left nothing', async () => {
    expect(await posting({})).toEqual([]);
  });

  it.each([
    ['a state that is none', 'half of {'],
    ['a log that is gone', JSON.stringify({ pid: process.pid, startTime: '1', log: join(folder, 'none') })],
  ])('does not fail at %s', async (_, tunnel) => {
    const lines = await posting({ tunnel, verdict: 'Passed.' });
    expect(lines.at(-2)).toMatch(/^::warning::The tunnel could not be looked after: /);
    expect(lines.at(-1)).toBe('Passed.');
  });
});
