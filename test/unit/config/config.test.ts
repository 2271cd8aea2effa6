import { describe, expect, it } from 'vitest';
import { type Config, parseConfig } from '../../../src/config/config.ts';
import { INPUT_DEFAULTS, type InputName, type RawInputs } from '../../../src/config/inputs.ts';
import { actionErrorOf } from '../support/thrown-error.ts';

const noFile = () => expect.unreachable('no file is to be read');
const parse = (inputs: RawInputs): Config => parseConfig({ host: 'localhost', ...inputs }, noFile);
const sha256 = 'ab'.repeat(32);

describe('the inputs', () => {
  const expected: Config = {
    mode: 'deploy',
    lockTimeoutMs: 600_000,
    volumes: false,
    teardown: 'never',
    connection: { kind: 'local' },
    connectTimeoutMs: 120_000,
    commandTimeoutMs: 900_000,
    timeoutMs: 1_800_000,
    compose: { files: [], stack: 'zookeeper', lintLevel: 'error', fix: false },
    allowHostAccess: false,
    directory: 'docker_exp',
    projectName: 'docker_exp',
    updatePackages: true,
    composeBinary: { version: 'latest' },
    tunnel: false,
    topics: [],
    schemas: [],
    smokeTest: {
      messages: 10,
      messageIntervalMs: 0,
      topic: 'test-topic',
      group: 'test-group',
      clients: ['host', 'runner'],
      timeoutMs: 180_000,
      thresholds: {},
      drill: 'none',
    },
  };

  it('have their defaults when only the host is given', () => {
    expect(parse({})).toMatchObject(expected);
  });

  it('that arrive empty or blank count as not given', () => {
    const blank = Object.fromEntries(Object.keys(INPUT_DEFAULTS).map(name => [name, ' \n']));
    expect(parse({ ...blank, host: 'localhost' })).toMatchObject(expected);
  });

  it.each<[RawInputs, object]>([
    [{ 'connect-timeout': '1.5' }, { connectTimeoutMs: 1_500 }],
    [{ 'connect-timeout': '3600' }, { connectTimeoutMs: 3_600_000 }],
    [{ 'command-timeout': '1' }, { commandTimeoutMs: 1_000 }],
    [{ timeout: ' 60 ' }, { timeoutMs: 60_000 }],
    [{ stack: 'kraft' }, { compose: { files: [], stack: 'kraft', lintLevel: 'error', fix: false } }],
    [{ directory: 'a/b-c/d.e' }, { directory: 'a/b-c/d.e', projectName: 'de' }],
    [{ directory: 'Kafka.Test' }, { projectName: 'kafkatest' }],
    [{ directory: '_kafka' }, { projectName: 'kafka' }],
    [{ 'project-name': 'my-kafka_2' }, { projectName: 'my-kafka_2' }],
    [{ 'update-packages': 'FALSE' }, { updatePackages: false }],
    [{ 'update-packages': 'True' }, { updatePackages: true }],
    [{ release: '2023.10.20260202' }, { release: '2023.10.20260202' }],
    [{ release: 'latest' }, { release: 'latest' }],
    [{}, { release: undefined }],
    [{ 'compose-version': '2.40.3' }, { composeBinary: { version: 'v2.40.3' } }],
    [{ 'compose-version': 'v5.0.0-rc.1' }, { composeBinary: { version: 'v5.0.0-rc.1' } }],
    [
      { 'compose-url': 'https://mirror.example/c' },
      { composeBinary: { version: 'latest', url: 'https://mirror.example/c' } },
    ],
    [
      { 'compose-version': 'v2.40.3', 'compose-sha256': sha256.toUpperCase() },
      { composeBinary: { version: 'v2.40.3', sha256 } },
    ],
    [
      { 'compose-url': 'http://mirror.example/c', 'compose-sha256': sha256 },
      { composeBinary: { version: 'latest', url: 'http://mirror.example/c', sha256 } },
    ],
    [{ messages: '1000000' }, { smokeTest: { messages: 1_000_000 } }],
    [{ 'message-interval': '0.25' }, { smokeTest: { messageIntervalMs: 250 } }],
    [{ topic: `a._-${'x'.repeat(245)}` }, { smokeTest: { topic: `a._-${'x'.repeat(245)}` } }],
    [{ group: 'team/a:b' }, { smokeTest: { group: 'team/a:b' } }],
    [{ clients: 'runner' }, { smokeTest: { clients: ['runner'] } }],
    [{ clients: ' runner\nhost,' }, { smokeTest: { clients: ['host', 'runner'] } }],
    [{ 'smoke-timeout': '1' }, { smokeTest: { timeoutMs: 1_000 } }],
    [{ 'max-latency-p95-ms': '0.1' }, { smokeTest: { thresholds: { maxLatencyP95Ms: 0.1 } } }],
    [{ 'max-latency-p95-ms': '3600000' }, { smokeTest: { thresholds: { maxLatencyP95Ms: 3_600_000 } } }],
    [{ 'min-throughput': '0.001' }, { smokeTest: { thresholds: { minThroughput: 0.001 } } }],
    [{ 'min-throughput': '10000000' }, { smokeTest: { thresholds: { minThroughput: 10_000_000 } } }],
    [
      { 'min-throughput': '2', 'message-interval': '0.5' },
      { smokeTest: { thresholds: { minThroughput: 2 }, messageIntervalMs: 500 } },
    ],
    [{ drill: 'broker-restart' }, { smokeTest: { drill: 'broker-restart' } }],
    [{ tunnel: 'true' }, { tunnel: true }],
    [{ tunnel: 'true', mode: 'smoke-test' }, { tunnel: true }],
    [
      { environment: '*', mode: 'down', 'unused-for': '7d' },
      { environment: undefined, projectName: 'docker_exp', sweep: { unusedForMs: 7 * 86_400_000 } },
    ],
    [{ environment: '*', mode: 'plan', 'unused-for': '1h' }, { sweep: { unusedForMs: 3_600_000 } }],
    [{ environment: 'job-88', teardown: 'always' }, { volumes: true }],
    [{ environment: 'job-88', teardown: 'on-failure' }, { volumes: true }],
    [{ environment: 'job-88' }, { volumes: false }],
    [{ environment: 'job-88', mode: 'down' }, { volumes: false }],
    [{ environment: 'jobs', teardown: 'always' }, { volumes: false }],
    [{ environment: 'pr-42', teardown: 'always' }, { volumes: false }],
  ])('%j are understood', (inputs, part) => {
    expect(parse(inputs)).toMatchObject(part);
  });
});

describe('one wrong input', () => {
  it.each<[InputName, string, RegExp]>([
    ['connect-timeout', '0', /"0" is not a number of seconds from 1 to 3600$/],
    ['connect-timeout', '3601', /from 1 to 3600$/],
    ['connect-timeout', '0.5', /from 1 to 3600$/],
    ['command-timeout', '15m', /"15m" is not a number of seconds from 1 to 86400$/],
    ['command-timeout', '1e3', /"1e3" is not/],
    ['timeout', '-1', /"-1" is not a number of seconds/],
    ['timeout', 'Infinity', /"Infinity" is not/],
    ['smoke-timeout', '86401', /from 1 to 86400$/],
    ['message-interval', '-0.1', /from 0 to 3600$/],
    ['message-interval', '1,5', /"1,5" is not/],
    ['messages', '0', /"0" is not a whole number from 1 to 1000000$/],
    ['messages', '1000001', /from 1 to 1000000$/],
    ['messages', '10.0', /"10\.0" is not a whole number/],
    ['messages', '0x10', /"0x10" is not/],
    ['messages', 'ten', /"ten" is not/],
    ['stack', 'kafka', /"kafka" is not one of: zookeeper, kraft/],
    ['stack', 'Zookeeper', /"Zookeeper" is not one of/],
    ['directory', '/opt/kafka', /"\/opt\/kafka" is not a path below the user's home directory/],
    ['directory', '~/kafka', /is not a path below/],
    ['directory', 'my kafka', /is not a path below/],
    ['directory', '-kafka', /is not a path below/],
    ['directory', 'kafka/', /is not a path below/],
    ['directory', '$(id)', /is not a path below/],
    ['directory', 'a/../../etc', /"a\/\.\.\/\.\.\/etc" leaves the user's home directory/],
    ['project-name', 'Kafka', /"Kafka" is not lower-case letters, digits/],
    ['project-name', '-kafka', /a rule of Docker Compose/],
    ['update-packages', 'yes', /"yes" is neither true nor false$/],
    ['update-packages', '1', /"1" is neither true nor false$/],
    ['tunnel', 'on', /"on" is neither true nor false$/],
    ['compose-version', '2', /"2" is not "latest" or a version such as v2\.40\.3$/],
    ['compose-version', 'v2.40.3/../x', /is not "latest"/],
    ['compose-url', 'ftp://mirror.example/c', /c" is not an http or https address$/],
    ['compose-url', 'mirror.example/c', /c" is not an http or https address$/],
    ['topic', 'my topic', /"my topic" is not a topic name: up to 249 letters/],
    ['topic', '..', /is not a topic name/],
    ['topic', 'x'.repeat(250), /is not a topic name/],
    ['group', 'my group', /"my group" is not a group name/],
    ['group', 'groupé', /is not a group name/],
    ['max-latency-p95-ms', '0', /"0" is not a number from 0\.1 to 3600000$/],
    ['max-latency-p95-ms', '0.09', /from 0\.1 to 3600000$/],
    ['max-latency-p95-ms', '3600000.1', /from 0\.1 to 3600000$/],
    ['max-latency-p95-ms', '50ms', /"50ms" is not a number/],
    ['max-latency-p95-ms', '1e3', /"1e3" is not a number/],
    ['max-latency-p95-ms', '-5', /"-5" is not a number/],
    ['min-throughput', '0', /"0" is not a number from 0\.001 to 10000000$/],
    ['min-throughput', '10000001', /from 0\.001 to 10000000$/],
    ['min-throughput', 'fast', /"fast" is not a number/],
    ['drill', 'broker-stop', /"broker-stop" is not one of: none, broker-restart$/],
    ['drill', 'Broker-Restart', /is not one of: none, broker-restart$/],
    ['clients', 'host,python', /"python" is not one of: host, runner$/],
    ['clients', ',', /the list is empty; it takes host, runner$/],
  ])('%s = %j is named with what it takes', async (name, value, words) => {
    const error = await actionErrorOf(() => parse({ [name]: value }));
    expect(error.code).toBe('input-invalid');
    expect(error.message).toMatch(words);
    expect(error.message.startsWith(`${name}: `)).toBe(true);
    expect(error.message).not.toContain('inputs are wrong');
  });

  it('of a checksum is named with its value', async () => {
    const error = await actionErrorOf(() => parse({ 'compose-version': 'v2.40.3', 'compose-sha256': 'abc' }));
    expect(error.message).toBe('compose-sha256: "abc" is not a SHA-256 checksum (64 hexadecimal digits)');
  });

  it('that leaves no name for the project is refused', async () => {
    const error = await actionErrorOf(() => parse({ directory: 'a/.' }));
    expect(error).toMatchObject({ code: 'input-invalid' });
  });
});

describe('two inputs that do not go together', () => {
  it.each<[RawInputs, RegExp]>([
    [
      { 'min-throughput': '2.1', 'message-interval': '0.5' },
      /^min-throughput and message-interval: a message every 0\.5 s can never make 2\.1 messages a second$/,
    ],
    [
      { 'min-throughput': '1', 'message-interval': '3' },
      /a message every 3 s can never make 1 messages a second$/,
    ],
    [{ tunnel: 'true', mode: 'plan' }, /^tunnel and mode: .* mode plan proves none$/],
    [{ tunnel: 'true', mode: 'down' }, /^tunnel and mode: .* mode down proves none$/],
    [{ 'compose-sha256': sha256 }, /^compose-sha256 and compose-version: a checksum fits one file only/],
    [
      { 'compose-url': 'http://mirror.example/c' },
      /^compose-url and compose-sha256: a file that comes over http/,
    ],
  ])('%j are both named', async (inputs, words) => {
    expect((await actionErrorOf(() => parse(inputs))).message).toMatch(words);
  });

  it.each(['https://user:pass-word@mirror.example/c', 'https://token-word@mirror.example/c'])(
    'an address with a password in it is refused without showing it: %s',
    async url => {
      const error = await actionErrorOf(() => parse({ 'compose-url': url }));
      expect(error.message).toMatch(/^compose-url: it holds a user name or password/);
      expect(JSON.stringify(error)).not.toMatch(/pass-word|token-word/);
    },
  );
});

describe('a bound on what the smoke test measures', () => {
  it.each<RawInputs>([{}, { 'max-latency-p95-ms': ' ', 'min-throughput': '' }])(
    'that is not given is none: %j',
    inputs => {
      expect(parse(inputs).smokeTest.thresholds).toEqual({});
    },
  );

  it('is not held against an interval that is wrong itself', async () => {
    const error = await actionErrorOf(() => parse({ 'min-throughput': '5', 'message-interval': '-1' }));
    expect(error.message).toMatch(/^message-interval: "-1" is not a number of seconds/);
  });
});

describe('several wrong inputs', () => {
  it('are named together, in one error', async () => {
    const error = await actionErrorOf(() =>
      parse({ messages: '0', topic: 'a b', timeout: 'x', host: 'a b' }),
    );
    expect(error.code).toBe('input-invalid');
    expect(error.message).toMatch(/^5 inputs are wrong\. /);
    for (const name of ['messages', 'topic', 'timeout', 'host', 'key and key-file'])
      expect(error.message).toContain(`${name}: `);
    expect(error.details).toHaveLength(5);
    expect(error.hint).toMatch(/Correct the inputs named in the message/);
  });

  it('have the code of their kind when all are of one kind', async () => {
    const wrongKey = { host: 'machine.example', key: 'no key' };
    expect((await actionErrorOf(() => parse(wrongKey))).code).toBe('key-format');
    expect((await actionErrorOf(() => parse({ ...wrongKey, messages: '0' }))).code).toBe('input-invalid');
  });
});
