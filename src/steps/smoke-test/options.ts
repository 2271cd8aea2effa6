import type { Cluster } from '../../compose/deployment/cluster.ts';
import type { SmokeTestConfig } from '../../config/smoke-test-inputs.ts';
import type { Host } from '../../host/host.ts';
import type { RegistryProof } from '../../kafka/registry/wire-format.ts';
import type { HostClientsResult } from '../../kafka/round-trip/host-clients.ts';
import type { RoundTripResult } from '../../kafka/round-trip/result.ts';
import type { TopicState } from '../../kafka/topic.ts';
import type { ComposeProject } from '../../machine/compose-project.ts';

/** Results of the smoke test. Parts that were not reached are not there. */
export interface SmokeTestResults {
  /** The topic of the round trips, with what another layout would prove in addition. */
  readonly topic?: TopicState & { readonly limitations: readonly string[] };
  readonly hostClients?: Omit<HostClientsResult, 'failure'>;
  readonly runnerClients?: RoundTripResult;
  /** The round trip through a topic of its own, led by every broker. */
  readonly probe?: RoundTripResult;
  /** None where the cluster has no schema registry. */
  readonly schemaRegistry?: RegistryProof;
  readonly drill?: DrillResult;
}

/** Results as they come in, and the function that takes them. */
export function collectResults(): { found: SmokeTestResults; note: SmokeTestOptions['note'] } {
  const found: SmokeTestResults = {};
  return { found, note: results => void Object.assign(found, results) };
}

export interface SmokeTestOptions {
  readonly config: SmokeTestConfig;
  readonly cluster: Cluster;
  /** Its containers are what a drill restarts; none for a cluster over several machines, or that is known by its addresses alone. */
  readonly project: ComposeProject | undefined;
  /** Of a cluster over several machines where the container of each broker is, by the service's name in the cluster. */
  readonly brokerPlaces?: ReadonlyMap<string, BrokerPlace>;
  /** Holds the Python clients. */
  readonly directory: string;
  /** How these reach the cluster, where that is another way than the runner's. */
  readonly hostAccess?: HostAccess;
  readonly runId: string;
  /** Told of each result as soon as it is known, also when it is bad. */
  readonly note: (results: SmokeTestResults) => void;
}

/** Where the container of a broker is. */
export interface BrokerPlace {
  readonly host: Host;
  readonly project: ComposeProject | undefined;
  /** As the compose file on that machine names it. */
  readonly service: string;
}

/** How clients on a machine of a cluster over several reach all of its brokers. */
export interface HostAccess {
  readonly bootstrapServers: readonly string[];
  /** What client/client_settings.py takes, as JSON. */
  readonly settings: string;
}

export interface DrillEvent {
  /** Since the drill began. */
  readonly atMs: number;
  readonly kind: 'stop-requested' | 'stopped' | 'started' | 'in-sync' | 'ended';
  /** The same for people. */
  readonly event: string;
}

/** What a broker's restart did to the messages that flowed meanwhile. */
export interface DrillResult {
  readonly kind: 'broker-restart';
  readonly broker: DrillTarget;
  readonly timeline: readonly DrillEvent[];
  /** How long no message was acknowledged, at the longest. */
  readonly longestPauseMs?: number;
  /** From the start of the broker until every replica of the topic was in sync. */
  readonly inSyncAfterMs?: number;
  /** The messages that flowed during the drill; none when it was cut off. */
  readonly traffic?: RoundTripResult;
}

export interface DrillTarget {
  readonly id: number;
  readonly address: string;
  readonly service: string;
}
