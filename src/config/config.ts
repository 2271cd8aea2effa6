import type { Connection } from '../host/connection.ts';
import type { ClientSecurity } from '../kafka/security/client-security.ts';
import type { WantedTopic } from '../kafka/wanted-topics.ts';
import { parseClientProperties } from './client-properties/client-properties-input.ts';
import { parseConnection } from './connection-inputs.ts';
import { type DeploymentConfig, parseDeployment } from './deployment-inputs.ts';
import type { Withheld } from './empty-inputs.ts';
import { InputReader } from './input-reader.ts';
import type { RawInputs } from './inputs.ts';
import { type MachinesConfig, parseMachines } from './machines-inputs.ts';
import { type DownloadProxy, parseProxy } from './proxy-inputs.ts';
import { refuse, refuseLengths } from './refusal.ts';
import { type ImageRegistry, parseImageRegistry } from './registry-inputs.ts';
import { parseSchemas, type SchemaChoice } from './schema-inputs.ts';
import {
  type ClusterAddress,
  parseClusterAddress,
  parseSmokeTest,
  type SmokeTestConfig,
} from './smoke-test-inputs.ts';
import { parseSweep, type SweepConfig } from './sweep-inputs.ts';
import { parseTopics } from './topic-inputs.ts';

/** What a run is asked to do: every input checked and in its own type. Durations are in milliseconds. */
export interface Config extends DeploymentConfig {
  readonly mode: MachineMode;
  /** Of several machines the first. */
  readonly connection: Connection;
  /** The machines of a cluster over several; none for one machine. */
  readonly machines?: MachinesConfig;
  readonly connectTimeoutMs: number;
  readonly commandTimeoutMs: number;
  readonly timeoutMs: number;
  /** How long to wait for another run on the machine. */
  readonly lockTimeoutMs: number;
  readonly smokeTest: SmokeTestConfig;
  /** For mode `smoke-test`; without it the cluster is found on the machine. */
  readonly cluster?: ClusterAddress;
  /** What the machine's downloads go through. */
  readonly proxy?: DownloadProxy;
  /** Where images of Docker Hub come from instead; none for Docker Hub itself. */
  readonly imageRegistry?: ImageRegistry;
  /** What that cluster asks of its clients; without it, nothing. */
  readonly security?: ClientSecurity;
  /** Topics that a deployment makes. */
  readonly topics: readonly WantedTopic[];
  /** Schemas that a deployment registers. */
  readonly schemas: readonly SchemaChoice[];
  /** Whether what is taken down loses its data, too. */
  readonly volumes: boolean;
  /** For modes `down` and `plan`: of all environments those that nobody uses, instead of one. */
  readonly sweep?: SweepConfig;
  readonly teardown: Teardown;
  /** Keep the ports open on the runner for the job's later steps. */
  readonly tunnel: boolean;
}

const TEARDOWNS = ['never', 'always', 'on-failure'] as const;
/** When the post step takes down what was deployed. */
type Teardown = (typeof TEARDOWNS)[number];

const MODES = ['deploy', 'smoke-test', 'plan', 'down', 'lint'] as const;
/** What a run is to do. */
export type Mode = (typeof MODES)[number];
/** A mode that works on a machine. */
export type MachineMode = Exclude<Mode, 'lint'>;

/**
 * Turns the inputs of a run on a machine into a Config.
 *
 * @param raw the inputs as the runner gives them
 * @param readFile reads the file that `key-file` names
 * @param withheld why the run has no secrets, if that is known
 * @throws ActionError that names every problem at once; `key-format` or `key-passphrase` when the key is the only one
 */
export function parseConfig(raw: RawInputs, readFile: (path: string) => string, withheld?: Withheld): Config {
  const input = new InputReader(raw, withheld);
  refuseLengths(input);
  const mode = input.oneOf('mode', MODES);
  if (mode === 'lint') throw new RangeError('mode lint works on no machine');
  const cluster = parseClusterAddress(input, mode);
  const deployment = parseDeployment(input);
  const teardown = parseTeardown(input, mode);
  const connection = parseConnection(input, readFile);
  const config: Config = {
    mode,
    connection,
    machines: parseMachines(input, mode, connection),
    connectTimeoutMs: input.seconds('connect-timeout', { min: 1, max: 3600 }),
    commandTimeoutMs: input.seconds('command-timeout', { min: 1, max: 86_400 }),
    timeoutMs: input.seconds('timeout', { min: 1, max: 86_400 }),
    lockTimeoutMs: input.seconds('lock-timeout', { min: 0, max: 86_400 }),
    ...deployment,
    smokeTest: parseSmokeTest(input),
    cluster,
    proxy: parseProxy(input),
    imageRegistry: parseImageRegistry(input, mode),
    security: parseClientProperties(input, mode),
    topics: parseTopics(input, mode),
    schemas: parseSchemas(input, mode),
    volumes: parseVolumes(input, deployment, teardown),
    teardown,
    sweep: parseSweep(input, mode),
    tunnel: parseTunnel(input, mode),
  };
  refuse(input);
  return config;
}

function parseTunnel(input: InputReader, mode: MachineMode): boolean {
  const tunnel = input.boolean('tunnel');
  if (tunnel && !['deploy', 'smoke-test'].includes(mode))
    input.problem(
      ['tunnel', 'mode'],
      `it keeps the way to a proven cluster open, and mode ${mode} proves none`,
    );
  return tunnel;
}

function parseTeardown(input: InputReader, mode: MachineMode): Teardown {
  const teardown = input.oneOf('teardown', TEARDOWNS);
  if (teardown !== 'never' && mode !== 'deploy')
    input.problem(['teardown', 'mode'], `it takes down what a deployment made, and mode ${mode} makes none`);
  return teardown;
}

/** Nobody comes back to the data of an environment that is named after its job: it goes with the job. */
function parseVolumes(input: InputReader, { environment }: DeploymentConfig, teardown: Teardown): boolean {
  const volumes = input.boolean('volumes');
  return volumes || (teardown !== 'never' && isOfOneJob(environment));
}

/** Whether an environment is named after the run that makes it, such as `job-8812345`. */
const isOfOneJob = (environment = ''): boolean => environment.startsWith('job-');
