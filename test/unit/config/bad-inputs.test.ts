import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readComposeFiles } from '../../../src/action/workspace.ts';
import { parseConfig } from '../../../src/config/config.ts';
import { INPUT_NAMES, type InputName, type RawInputs, SECRET_INPUTS } from '../../../src/config/inputs.ts';
import { asksForLint, parseLint } from '../../../src/config/task.ts';
import type { ActionError } from '../../../src/errors.ts';
import { thrownBy } from '../support/thrown-error.ts';
import { ANY_TEXT, folder, key, notKey, SECRET, WRONG } from '../support/wrong-inputs.ts';

const sha256 = 'ab'.repeat(32);
const BASE: RawInputs = { host: 'machine.example', key };
const read = (inputs: RawInputs) => {
  const raw = { ...BASE, ...inputs };
  if (asksForLint(raw)) return { mode: 'lint', compose: parseLint(raw) };
  const config = parseConfig(raw, path => readFileSync(path, 'utf8'));
  return { mode: config.mode, config };
};
const refusal = (inputs: RawInputs) => thrownBy(() => read(inputs));

const action = parse(readFileSync('action.yml', 'utf8')) as { inputs: Record<string, unknown> };
const secrets = new Set<string>(SECRET_INPUTS);

/** All that an error says. */
const saidBy = ({ message, hint, details }: ActionError) => [message, hint, ...details].join('\n');
/** Pieces of a secret that are too long to be in a message by chance. */
const piecesOf = (text: string) =>
  Array.from({ length: text.length - 4 }, (_, index) => text.slice(index, index + 5));

describe('every input', () => {
  it('of action.yml is in one of the tables, and no other', () => {
    expect([...Object.keys(WRONG), ...Object.keys(ANY_TEXT)].toSorted()).toEqual(
      Object.keys(action.inputs).toSorted(),
    );
  });

  const cases = Object.entries(WRONG).flatMap(([name, wrongs]) =>
    wrongs.flatMap(({ values, ...rest }) => values.map(value => ({ ...rest, name, value }))),
  );
  it.each(cases)(
    'that is wrong has one message: $name = $value',
    ({ name, value, allowed, beside, shows }) => {
      const error = refusal({ ...beside, [name]: value });
      expect(error.message.startsWith(`${name}: `)).toBe(true);
      expect(error.message).toMatch(allowed);
      expect(error.message.split(`${name}: `)).toHaveLength(2);
      expect(error.details).toEqual([]);
      expect(error.code).toMatch(/^(input-invalid|key-format|key-passphrase)$/);
      if (!secrets.has(name)) expect(error.message).toContain(shows ?? (value === '' ? '' : `"${value}"`));
      for (const piece of [...piecesOf(SECRET), ...piecesOf(key.split('\n')[2] ?? '')])
        expect(saidBy(error)).not.toContain(piece);
    },
  );

  it.each(Object.entries(ANY_TEXT))('of which any text is taken: %s', (name, { values, reason }) => {
    expect(reason).not.toBe('');
    for (const value of values) expect(read({ [name]: value })).toMatchObject({ mode: 'deploy' });
  });

  it.each(INPUT_NAMES)('has a limit to its length: %s', name => {
    const most = ['key', 'jump-key', 'known-hosts', 'topics', 'schemas', 'client-properties'].includes(name)
      ? 65_536
      : 4096;
    for (const mode of ['deploy', 'lint']) {
      const error = refusal({ mode, 'compose-file': 'a', ...{ [name]: 'x'.repeat(most + 1) } });
      expect(error.message).toBe(`${name}: it has ${most + 1} characters, and at most ${most} are taken`);
    }
  });

  it('may be as long as its limit', () => {
    expect(read({ 'job-status': 'x'.repeat(4096) })).toMatchObject({ mode: 'deploy' });
  });

  it('that are too long are told together', () => {
    const error = refusal({ topic: 'x'.repeat(5000), host: ' '.repeat(1_000_000) });
    expect(error.message).toContain('2 inputs are wrong');
    expect(error.details).toHaveLength(2);
  });

  it('that names a file is named when the file is not there', () => {
    const { compose } = {
      compose: { files: ['no/such.yml'], stack: 'kraft', lintLevel: 'off', fix: false },
    } as const;
    expect(thrownBy(() => readComposeFiles(compose, '.', folder))).toMatchObject({
      code: 'compose-file-unreadable',
      message: 'compose-file: no/such.yml: it is not there',
    });
  });
});

describe('several wrong inputs', () => {
  /** The first wrong value of each input that is looked at whatever the others say. */
  const together = Object.entries(WRONG).flatMap(([name, [first]]) =>
    first && !first.beside && name !== 'key' ? [[name, first.values.at(-1) ?? ''] as const] : [],
  );

  it('are told in one error, each once, also with a mode that there is not', () => {
    const error = refusal({ ...Object.fromEntries(together), teardown: 'sometimes' });
    const names = together.map(([name]) => name);
    expect(names).toContain('mode');
    expect(names.length).toBeGreaterThan(25);
    expect(error.code).toBe('input-invalid');
    expect(error.details.map(line => line.replace(/: .*/s, '')).toSorted()).toEqual(names.toSorted());
    expect(error.message).toBe(`${names.length} inputs are wrong. ${error.details.join('. ')}`);
  });

  it('do not contradict each other because the mode is wrong', () => {
    const inputs = {
      mode: 'Smoke-Test',
      'bootstrap-servers': 'localhost:9092',
      drill: 'x',
      teardown: 'always',
      tunnel: 'true',
    };
    expect(refusal(inputs).details.map(line => line.replace(/: .*/s, ''))).toEqual(['mode', 'drill']);
  });
});

describe('inputs that contradict each other', () => {
  const cluster = { mode: 'smoke-test', 'bootstrap-servers': 'localhost:9092' };
  const others = ['deploy', 'plan', 'down'];
  it.each<[RawInputs, readonly InputName[], RegExp]>([
    ...others.map((mode): [RawInputs, readonly InputName[], RegExp] => [
      { ...cluster, mode },
      ['bootstrap-servers', 'mode'],
      /only mode smoke-test takes them/,
    ]),
    [{ ...cluster, environment: 'pr-1' }, ['bootstrap-servers', 'environment'], /either of the two/],
    [{ ...cluster, 'project-name': 'kafka' }, ['bootstrap-servers', 'project-name'], /either of the two/],
    [{ ...cluster, drill: 'broker-restart' }, ['drill', 'bootstrap-servers'], /a drill restarts a container/],
    [
      { mode: 'smoke-test', 'schema-registry-url': 'http://localhost:8081' },
      ['schema-registry-url', 'bootstrap-servers'],
      /it goes with bootstrap-servers/,
    ],
    ...['smoke-test', 'plan', 'down'].flatMap(mode =>
      ['always', 'on-failure'].map((teardown): [RawInputs, readonly InputName[], RegExp] => [
        { mode, teardown },
        ['teardown', 'mode'],
        new RegExp(`mode ${mode} makes none$`),
      ]),
    ),
    [{ 'unused-for': '7d', mode: 'down' }, ['unused-for', 'environment'], /goes with environment "\*"$/],
    [{ environment: '*', mode: 'down' }, ['unused-for', 'environment'], /for so long: give it, such as 7d$/],
    ...['deploy', 'smoke-test'].map((mode): [RawInputs, readonly InputName[], RegExp] => [
      { mode, environment: '*', 'unused-for': '7d' },
      ['environment', 'mode'],
      new RegExp(`"\\*" is for mode down, .* mode ${mode} works on one environment: name it$`),
    ]),
    ...['plan', 'down'].map((mode): [RawInputs, readonly InputName[], RegExp] => [
      { mode, tunnel: 'true' },
      ['tunnel', 'mode'],
      new RegExp(`mode ${mode} proves none$`),
    ]),
    [
      { release: 'latest', 'update-packages': 'false' },
      ['release', 'update-packages'],
      /and update-packages is false$/,
    ],
    [{ 'no-proxy': '.internal' }, ['no-proxy', 'http-proxy'], /and there is no proxy they are of$/],
    [{ 'compose-sha256': sha256 }, ['compose-sha256', 'compose-version'], /a checksum fits one file only/],
    [{ 'compose-url': 'http://m.example/c' }, ['compose-url', 'compose-sha256'], /needs its checksum/],
    [{ 'key-file': notKey }, ['key', 'key-file'], /only one of the two can be given$/],
    [{ key: '' }, ['key', 'key-file'], /one of the two is required to connect over SSH, and both are empty$/],
    [
      { 'jump-host': 'b', 'proxy-command': 'nc' },
      ['jump-host', 'proxy-command'],
      /only one way to the machine/,
    ],
    [{ 'jump-key': key }, ['jump-key', 'jump-host'], /no jump-host to use it for$/],
    [{ 'jump-passphrase': SECRET }, ['jump-passphrase', 'jump-host'], /no jump-host to use it for$/],
    [{ 'jump-host-fingerprint': 'x' }, ['jump-host-fingerprint', 'jump-host'], /no jump-host to use it for$/],
    [
      { 'jump-host': 'b', 'jump-passphrase': SECRET },
      ['jump-passphrase', 'jump-key'],
      /no jump-key that it could/,
    ],
    [
      { host: 'localhost', key: '', 'jump-host': 'b' },
      ['jump-host', 'key'],
      /host is this runner and no key/,
    ],
    [
      { host: '::1', key: '', 'proxy-command': 'nc' },
      ['proxy-command', 'key'],
      /host is this runner and no key/,
    ],
    [
      { 'min-throughput': '3', 'message-interval': '0.5' },
      ['min-throughput', 'message-interval'],
      /a message every 0\.5 s can never make 3 messages a second$/,
    ],
    [
      { 'image-registry': 'm.example', 'registry-password': SECRET },
      ['registry-username', 'registry-password'],
      /the user of registry-password is missing$/,
    ],
    [
      { 'registry-username': 'AWS', 'registry-password': SECRET },
      ['image-registry', 'registry-username'],
      /the login is for the registry in image-registry, and there is none/,
    ],
    [{ directory: 'a/.' }, ['project-name', 'directory'], /no project name can be derived from "a\/\."/],
    [{ mode: 'lint' }, ['compose-file', 'mode'], /mode lint judges a compose file: name one$/],
  ])('%# are both named: %j', (inputs, names, words) => {
    const error = refusal(inputs);
    expect(error.code).toBe('input-invalid');
    expect(error.message.startsWith(`${names.join(' and ')}: `)).toBe(true);
    expect(error.message).toMatch(words);
    expect(error.details).toEqual([]);
    expect(saidBy(error)).not.toContain(SECRET);
  });
});

describe('mode lint', () => {
  it('tells what is wrong with its inputs together with a missing compose file', () => {
    const error = refusal({ mode: 'lint', 'lint-level': 'strict', fix: 'yes', stack: 'kafka' });
    expect(error.details).toEqual([
      'stack: "kafka" is not one of: zookeeper, kraft, kraft-single',
      'lint-level: "strict" is not one of: error, warning, off',
      'fix: "yes" is neither true nor false',
      'compose-file and mode: mode lint judges a compose file: name one',
    ]);
    expect(error.message).toMatch(/^4 inputs are wrong\. /);
  });

  it('does not look at what is for a machine', () => {
    const inputs = { mode: 'lint', 'compose-file': 'kafka.yml', host: '', key: '', messages: 'ten' };
    expect(read(inputs)).toEqual({
      mode: 'lint',
      compose: { files: ['kafka.yml'], stack: 'zookeeper', lintLevel: 'error', fix: false },
    });
  });
});
