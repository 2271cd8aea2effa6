import type { Thresholds } from '../kafka/round-trip/faults.ts';
import { type InputReader, shown, shownAddress, shownEach } from './input-reader.ts';
import type { InputName } from './inputs.ts';
import { TOPIC_NAME } from './topic-inputs.ts';

const CLIENTS = ['host', 'runner'] as const;
type ClientName = (typeof CLIENTS)[number];

export interface SmokeTestConfig {
  readonly messages: number;
  readonly messageIntervalMs: number;
  readonly topic: string;
  readonly group: string;
  readonly clients: readonly ClientName[];
  readonly timeoutMs: number;
  readonly thresholds: Thresholds;
  readonly drill: Drill;
}

const DRILLS = ['none', 'broker-restart'] as const;
type Drill = (typeof DRILLS)[number];

/** A cluster that is named by its addresses, whoever deployed it. */
export interface ClusterAddress {
  /** `HOST:PORT` each, as the machine reaches them. */
  readonly bootstrapServers: readonly string[];
  readonly schemaRegistryUrl?: string;
}

/** The inputs that say how the cluster is proven. */
export function parseSmokeTest(input: InputReader): SmokeTestConfig {
  const messageIntervalMs = input.seconds('message-interval', { min: 0, max: 3600 });
  return {
    messages: input.integer('messages', { min: 1, max: 1_000_000 }),
    messageIntervalMs,
    topic: input.matching('topic', TOPIC_NAME, {
      form: 'a topic name: up to 249 letters, digits, dots, dashes and underscores',
    }),
    group: input.matching('group', /^[\x21-\x7e]{1,200}$/, {
      form: 'a group name: up to 200 printable ASCII characters',
    }),
    clients: input.listOf('clients', CLIENTS),
    timeoutMs: input.seconds('smoke-timeout', { min: 1, max: 86_400 }),
    thresholds: parseThresholds(input, messageIntervalMs),
    drill: input.oneOf('drill', DRILLS),
  };
}

function parseThresholds(input: InputReader, intervalMs: number): Thresholds {
  const maxLatencyP95Ms = input.optionalNumber('max-latency-p95-ms', { min: 0.1, max: 3_600_000 });
  const minThroughput = input.optionalNumber('min-throughput', { min: 0.001, max: 10_000_000 });
  if (minThroughput !== undefined && intervalMs > 0 && minThroughput > 1000 / intervalMs) {
    input.problem(
      ['min-throughput', 'message-interval'],
      `a message every ${intervalMs / 1000} s can never make ${minThroughput} messages a second`,
    );
  }
  return {
    maxLatencyP95Ms,
    minThroughput,
  };
}

/** `host:port`; an IPv6 address stands in brackets. */
const ADDRESS = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9][A-Za-z0-9._-]*):(\d{1,5})$/;

/** The inputs that name a cluster for mode `smoke-test`. @returns undefined when they are not given */
export function parseClusterAddress(input: InputReader, mode: string): ClusterAddress | undefined {
  const bootstrapServers = input.items('bootstrap-servers');
  const schemaRegistryUrl = input.text('schema-registry-url').replace(/(?<!\/)\/+$/, '');
  if (schemaRegistryUrl !== '' && !isRegistryUrl(schemaRegistryUrl))
    input.problem(
      ['schema-registry-url'],
      `${shownAddress(input.text('schema-registry-url'))} is not an http or https address without a user name`,
    );
  if (bootstrapServers.length === 0) {
    if (input.has('bootstrap-servers'))
      input.problem(
        ['bootstrap-servers'],
        `${shown(input.text('bootstrap-servers'))} holds no address; it takes host:port, several with commas`,
      );
    else if (schemaRegistryUrl !== '')
      input.problem(
        ['schema-registry-url', 'bootstrap-servers'],
        'it goes with bootstrap-servers; without them it is read from the compose file',
      );
    return undefined;
  }
  const wrong = bootstrapServers.filter(item => !isAddress(item));
  if (wrong.length > 0)
    input.problem(
      ['bootstrap-servers'],
      `${shownEach(wrong)} not of the form host:port, with a port from 1 to 65535`,
    );
  if (mode !== 'smoke-test' && !input.hasProblem('mode'))
    input.problem(
      ['bootstrap-servers', 'mode'],
      'only mode smoke-test takes them; otherwise they are read from the compose file',
    );
  const contradictions: InputName[] = ['environment', 'project-name'];
  for (const name of contradictions.filter(name => input.has(name)))
    input.problem(['bootstrap-servers', name], 'either of the two names the cluster, not both');
  if (input.text('drill') === 'broker-restart')
    input.problem(
      ['drill', 'bootstrap-servers'],
      'a drill restarts a container: it needs a cluster that is known by its compose file',
    );
  return { bootstrapServers, schemaRegistryUrl: schemaRegistryUrl || undefined };
}

const isRegistryUrl = (text: string) => /^https?:\/\/[^\s/@]+(\/\S*)?$/.test(text) && URL.canParse(text);

function isAddress(text: string): boolean {
  const port = Number(ADDRESS.exec(text)?.[1]);
  return port >= 1 && port <= 65_535;
}
