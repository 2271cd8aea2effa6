import type { SmokeTestConfig } from '../../../src/config/smoke-test-inputs.ts';
import type { Context } from '../../../src/context.ts';
import type { SmokeTestOptions, SmokeTestResults } from '../../../src/steps/smoke-test/options.ts';
import type { Step } from '../../../src/steps/step.ts';
import { SimulatedClock } from './clocks.ts';
import { MemoryHost } from './memory-host.ts';
import { type Faults, MemoryCluster, TOPIC } from './memory-kafka.ts';
import { RecordingLog } from './recording-log.ts';
import type { Script } from './scripted-host.ts';
import { readProject } from './stacks.ts';

export const CONFIG: SmokeTestConfig = {
  ...{ messages: 10, messageIntervalMs: 0, topic: TOPIC, group: 'test-group', timeoutMs: 60_000 },
  ...{ clients: ['host', 'runner'], thresholds: {}, drill: 'none' },
};

/** Three brokers; with a schema registry where its port is given. */
function clusterWith(registryPort?: number) {
  const brokers = [1, 2, 3].map(id => [
    `broker-${id}`,
    {
      image: 'confluentinc/cp-kafka:7.9.2',
      ports: [`127.0.0.1:${id}9092:${id}9092`],
      environment: {
        KAFKA_ZOOKEEPER_CONNECT: 'zookeeper:2181',
        KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'P:PLAINTEXT,H:PLAINTEXT',
        KAFKA_ADVERTISED_LISTENERS: `P://broker-${id}:9092,H://localhost:${id}9092`,
      },
    },
  ]);
  const registry = {
    image: 'confluentinc/cp-schema-registry:7.9.2',
    environment: { SCHEMA_REGISTRY_LISTENERS: 'http://0.0.0.0:8081' },
    ports: [`127.0.0.1:${registryPort}:8081`],
  };
  return readProject(
    JSON.stringify({ services: { ...Object.fromEntries(brokers), ...(registryPort ? { registry } : {}) } }),
  ).cluster;
}

interface Setting {
  readonly config?: Partial<SmokeTestConfig>;
  readonly faults?: Faults;
  readonly script?: Script;
  readonly registryPort?: number | undefined;
  /** What a command does, apart from its answer. */
  readonly onCommand?: (
    words: string,
    at: { cluster: MemoryCluster; abort: AbortController },
  ) => Promise<void> | void;
}

/** A step of the smoke test, on a machine and a cluster in memory. */
export function smokeTest(build: (options: SmokeTestOptions) => Step, setting: Setting = {}) {
  const { config = {}, faults = {}, script = [], registryPort, onCommand = () => {} } = setting;
  const clock = new SimulatedClock();
  const cluster = new MemoryCluster(clock, faults);
  const abort = new AbortController();
  const host = new MemoryHost(script, cluster, words => onCommand(words, { cluster, abort }));
  const log = new RecordingLog();
  const context: Context = { host, kafka: cluster.clients, log, clock, signal: abort.signal };
  const found: { -readonly [Key in keyof SmokeTestResults]: SmokeTestResults[Key] } = {};
  const step = build({
    config: { ...CONFIG, ...config },
    project: { name: 'kafka', directory: '/k', composeFiles: ['docker-compose.yml'] },
    directory: '/k',
    cluster: clusterWith(registryPort),
    runId: 'ab12',
    note: results => void Object.assign(found, results),
  });
  const apply = async () => step.apply?.(context);
  const foresee = async () => step.foresee?.(context);
  return { clock, cluster, abort, host, log, found, step, apply, foresee, check: () => step.check(context) };
}
