/**
 * Every input with its default, as action.yml declares it (a test holds the two together); '' where that is an expression.
 * An input that arrives empty counts as not given: `${{ vars.NAME }}` of an unset variable is an empty string.
 */
export const INPUT_DEFAULTS = {
  host: '',
  port: '22',
  username: 'ec2-user',
  key: '',
  'key-file': '',
  passphrase: '',
  'host-fingerprint': '',
  'known-hosts': '',
  'jump-host': '',
  'jump-key': '',
  'jump-passphrase': '',
  'jump-host-fingerprint': '',
  'proxy-command': '',
  'connect-timeout': '120',
  'command-timeout': '900',
  timeout: '1800',
  'lock-timeout': '600',
  'private-addresses': '',
  racks: '',
  controllers: '3',
  parallel: '16',
  rebalance: 'false',
  'rebalance-throttle': '16777216',
  'remove-hosts': '',
  replace: '',
  mode: 'deploy',
  stack: 'zookeeper',
  'compose-file': '',
  'lint-level': 'error',
  fix: 'false',
  'allow-host-access': 'false',
  directory: 'docker_exp',
  'project-name': '',
  environment: '',
  'unused-for': '',
  'update-packages': 'true',
  release: '',
  'compose-version': 'latest',
  'compose-url': '',
  'compose-sha256': '',
  'image-registry': '',
  'registry-username': '',
  'registry-password': '',
  'http-proxy': '',
  'no-proxy': '',
  topics: '',
  schemas: '',
  'bootstrap-servers': '',
  'schema-registry-url': '',
  'client-properties': '',
  messages: '10',
  'message-interval': '0',
  topic: 'test-topic',
  group: 'test-group',
  clients: 'host,runner',
  'smoke-timeout': '180',
  'max-latency-p95-ms': '',
  'min-throughput': '',
  drill: 'none',
  tunnel: 'false',
  teardown: 'never',
  volumes: 'false',
  'job-status': '',
} as const;

export type InputName = keyof typeof INPUT_DEFAULTS;
export const INPUT_NAMES = Object.keys(INPUT_DEFAULTS) as InputName[];

/** The inputs as the runner gives them: strings, empty where nothing was given. */
export type RawInputs = Readonly<Partial<Record<InputName, string>>>;

/** Inputs that are secret: masked in logs, never shown in a message. */
export const SECRET_INPUTS = [
  'key',
  'passphrase',
  'jump-key',
  'jump-passphrase',
  'registry-password',
  'client-properties',
] as const satisfies InputName[];

/** Characters of an input of which nobody needs more: a path, a list of addresses, a command. */
const USUAL_LENGTH = 4096;
/** Keys, and files as inputs. */
const LENGTH_OF_A_FILE = 64 * 1024;

/** The most characters that an input takes; what is longer is a mistake, or made to use up time. */
export function longestInput(name: InputName): number {
  return (
    ['key', 'jump-key', 'known-hosts', 'topics', 'schemas', 'client-properties'] as InputName[]
  ).includes(name)
    ? LENGTH_OF_A_FILE
    : USUAL_LENGTH;
}
