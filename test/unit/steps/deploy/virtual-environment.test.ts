import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { virtualEnvironmentStep } from '../../../../src/steps/deploy/virtual-environment.ts';
import { CLIENTS, CODECS_TRIED } from '../../support/deployments.ts';
import type { Answer } from '../../support/scripted-host.ts';
import { scriptedContext } from '../../support/step-context.ts';
import { actionErrorOf } from '../../support/thrown-error.ts';

const requirements = readFileSync('client/requirements.txt', 'utf8');
const wanted = /^kafka-python==(\S+)/m.exec(requirements)?.[1] ?? '';
const { codecs } = CLIENTS;
const step = virtualEnvironmentStep({
  home: '/home/ec2-user',
  directory: '/home/ec2-user/kafka',
  requirements,
  codecs,
});

interface Setting {
  readonly found?: Answer;
  readonly venv?: Answer;
  readonly pip?: Answer;
  /** Of pip for all at once, with the codecs. */
  readonly pipForAll?: Answer;
  /** Of pip for each codec. */
  readonly pipForCodecs?: readonly Answer[];
  readonly missing?: string;
}

function environment({
  found = 127,
  venv = 0,
  pip = 0,
  pipForAll = 0,
  pipForCodecs = [0],
  missing = '',
}: Setting) {
  const { context, host, log } = scriptedContext([
    [/kafka_env\/bin\/python -c \nimport pathlib, /, found],
    [/kafka_env\/bin\/python -c \nfrom importlib/, { stdout: `${missing}\n` }],
    [/rm -rf --one-file-system[\s\S]* sh \/home\/ec2-user \/home\/ec2-user\/kafka\/kafka_env$/, 0],
    [/^python3 -m venv /, venv],
    [/ -m pip install .* --only-binary :all: -r \/dev\/stdin -r requirements\.txt$/, pipForAll],
    [/kafka_env\/bin\/python -m pip install .* -r requirements\.txt$/, pip],
    [/kafka_env\/bin\/python -m pip install .* --only-binary :all: -r \/dev\/stdin$/, ...pipForCodecs],
    [/^sh -euc [\s\S]*kafka_env\/codecs-tried /, 0],
  ]);
  return { host, log, check: () => step.check(context), apply: async () => step.apply?.(context) };
}

describe('the Python virtual environment', () => {
  it('is wanted with a pinned kafka-python', () => {
    expect(wanted).toMatch(/^\d+\.\d+\.\d+$/);
    expect(requirements).toMatch(/--hash=sha256:[0-9a-f]{64}/);
  });

  it.each<[string, Answer, object]>([
    [
      'is there',
      { stdout: `${wanted} 3.9.23\n${CODECS_TRIED}\n\n` },
      {
        satisfied: true,
        detail: `kafka-python ${wanted}, Python 3.9.23`,
        versions: { Python: '3.9.23', 'kafka-python': wanted },
      },
    ],
    [
      'is there without what there is no wheel for',
      { stdout: `${wanted} 3.9.23\n${CODECS_TRIED} lz4,zstd\nlz4,zstd\n` },
      {
        satisfied: true,
        detail: `kafka-python ${wanted}, Python 3.9.23 without the codecs lz4, zstd`,
        versions: { Python: '3.9.23', 'kafka-python': wanted },
      },
    ],
    [
      'lacks a codec that was there',
      { stdout: `${wanted} 3.9.23\n${CODECS_TRIED}\nsnappy\n` },
      { satisfied: false, detail: 'the codecs of compressed topics are not installed' },
    ],
    [
      'was made when nobody knew of codecs',
      { stdout: `${wanted} 3.9.23\n\nlz4,snappy,zstd\n` },
      { satisfied: false, detail: 'the codecs of compressed topics are not installed' },
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
      expect.stringMatching(/^sudo sh -c [\s\S]*pkill[\s\S]* sh \/home\/ec2-user kafka_env$/),
      'python3 -m venv kafka_env',
      expect.stringMatching(
        /^kafka_env\/bin\/python -m pip install .*--require-hashes --only-binary :all: -r \/dev\/stdin -r requirements\.txt$/,
      ),
      expect.stringContaining('python -c \nfrom importlib'),
      expect.stringContaining('kafka_env/codecs-tried 0644 16'),
    ]);
    expect(host.commands.slice(1, 3).every(({ cwd }) => cwd === '/home/ec2-user/kafka')).toBe(true);
    expect(host.commands.at(-1)?.stdin).toBe(CODECS_TRIED);
    const asked = host.commands[2]?.stdin ?? '';
    expect(asked.match(/^[\w-]+==/gm)).toEqual(['lz4==', 'python-snappy==', 'cramjam==', 'zstandard==']);
  });

  it('is made without a codec that pip does not find, and with the others', async () => {
    const none: Answer = { exitCode: 1, stderr: 'ERROR: No matching distribution found for lz4==4.4.5' };
    const { apply, host, log } = environment({
      pipForAll: none,
      pipForCodecs: [none, 0, 0],
      missing: 'lz4',
    });
    await apply();
    const asked = host.commands.flatMap(
      ({ stdin }) => stdin?.match(/^# .*|^[\w-]+(?===)/gm)?.join(' ') ?? [],
    );
    expect(asked.slice(1)).toEqual(['# lz4 lz4', '# snappy python-snappy cramjam', '# zstd zstandard']);
    expect(host.commands.at(-1)?.stdin).toBe(`${CODECS_TRIED} lz4`);
    expect(log.lines).toContain('info the pair on the machine does without the codec lz4');
  });

  it.each(['venv', 'pip'])('fails with the words of %s when it cannot be made', async name => {
    const answer = { exitCode: 1, stderr: `${name}: the reason` };
    const error = await actionErrorOf(environment({ pipForAll: 1, [name]: answer }).apply);
    expect(error.code).toBe('python-setup-failed');
    expect(error.message).toContain(name);
    expect(error.details).toEqual([`${name}: the reason`]);
  });
});
