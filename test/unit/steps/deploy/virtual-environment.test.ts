import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { virtualEnvironmentStep } from '../../../../src/steps/deploy/virtual-environment.ts';
import type { Answer } from '../../support/scripted-host.ts';
import { scriptedContext } from '../../support/step-context.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const requirements = readFileSync('client/requirements.txt', 'utf8');
const wanted = /^kafka-python==(\S+)/m.exec(requirements)?.[1] ?? '';
const step = virtualEnvironmentStep({ directory: '/home/ec2-user/kafka', requirements });

function environment({ found = 127, venv = 0, pip = 0 }: { found?: Answer; venv?: Answer; pip?: Answer }) {
  const { context, host } = scriptedContext([
    [/kafka_env\/bin\/python -c /, found],
    [/rm -rf -- "\$1"[\s\S]* sh \/home\/ec2-user\/kafka\/kafka_env$/, 0],
    [/^python3 -m venv /, venv],
    [/kafka_env\/bin\/python -m pip install /, pip],
  ]);
  return { host, check: () => step.check(context), apply: async () => step.apply?.(context) };
}

describe('the Python virtual environment', () => {
  it('is wanted with a pinned kafka-python', () => {
    expect(wanted).toMatch(/^\d+\.\d+\.\d+$/);
    expect(requirements).toMatch(/--hash=sha256:[0-9a-f]{64}/);
  });

  it.each<[string, Answer, object]>([
    [
      'is there',
      { stdout: `${wanted} 3.9.23\n` },
      {
        satisfied: true,
        detail: `kafka-python ${wanted}, Python 3.9.23`,
        versions: { Python: '3.9.23', 'kafka-python': wanted },
      },
    ],
    [
      'is not there',
      127,
      { satisfied: false, detail: 'kafka_env is not there, or its Python does not find kafka-python' },
    ],
    [
      'has another version',
      { stdout: '2.0.2 3.9.23\n' },
      { satisfied: false, detail: `kafka-python 2.0.2 is installed, ${wanted} is wanted` },
    ],
  ])('%s', async (_, found, expected) => {
    expect(await environment({ found }).check()).toEqual(expected);
  });

  it('is made anew, by the checksums of requirements.txt', async () => {
    const { apply, host } = environment({});
    await apply();
    expect(host.ran.map(command => command.replaceAll('/home/ec2-user/kafka/', ''))).toEqual([
      expect.stringMatching(/^sudo sh -c [\s\S]*pkill[\s\S]* sh kafka_env$/),
      'python3 -m venv kafka_env',
      expect.stringMatching(
        /^kafka_env\/bin\/python -m pip install .*--require-hashes .*-r requirements\.txt$/,
      ),
    ]);
    expect(host.commands.slice(1).every(({ cwd }) => cwd === '/home/ec2-user/kafka')).toBe(true);
  });

  it.each(['venv', 'pip'])('fails with the words of %s when it cannot be made', async name => {
    const answer = { exitCode: 1, stderr: `${name}: the reason` };
    const error = await actionErrorOf(environment({ [name]: answer }).apply);
    expect(error.code).toBe('python-setup-failed');
    expect(error.message).toContain(name);
    expect(error.details).toEqual([`${name}: the reason`]);
  });
});
