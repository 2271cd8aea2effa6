import type { ErrorCode } from '../../error-codes.ts';
import type { ClusterMember, Report } from '../report.ts';
import { groupProblemsOf } from '../trips.ts';

export type State = ClusterMember['state'];

/** Failures that are about a part which may well be running. */
const BLAMED: Partial<Record<ErrorCode, 'topic' | 'consumer' | 'schema-registry'>> = {
  'topic-not-found': 'topic',
  'messages-lost': 'topic',
  'messages-corrupted': 'topic',
  'messages-duplicated': 'topic',
  'messages-out-of-order': 'topic',
  'not-enough-replicas': 'topic',
  'replicas-out-of-sync': 'topic',
  'messages-unread': 'consumer',
  'offsets-wrong': 'consumer',
  'consumer-group-stuck': 'consumer',
  'schema-registry-not-ready': 'schema-registry',
  'schema-registry-failed': 'schema-registry',
};

const isBlamed = ({ failure }: Report, part: 'topic' | 'consumer' | 'schema-registry') =>
  failure !== undefined && BLAMED[failure.code] === part;

/** A container that runs is not yet a member that serves: what the clients found out counts more. */
export function memberState(member: ClusterMember, report: Report): State {
  const { role, state, address } = member;
  if (role === 'broker' && address && isSilent(address, report)) return 'down';
  if (role === 'schema-registry' && isBlamed(report, 'schema-registry')) return 'down';
  return state;
}

/** Whether this broker is among those that do not serve. */
export const isSilent = (address: string, { failure }: Report): boolean =>
  failure?.facts?.silentBrokers?.includes(address) ?? false;

/** Whether every message that the producers sent was acknowledged. */
export function producerState(report: Report): State {
  const all = [report.hostClients, report.runnerClients].flatMap(pair => pair?.counts ?? []);
  if (report.failure?.facts?.script === 'producer.py') return 'down';
  if (all.some(({ sent, acknowledged }) => sent === 0 || acknowledged < sent)) return 'down';
  return all.length > 0 ? 'up' : 'unknown';
}

/** Whether the consumers got every acknowledged message, and their group knows where it stopped. */
export function consumerState(report: Report): State {
  const { hostClients, runnerClients, failure } = report;
  const script = failure?.facts?.script;
  if (isBlamed(report, 'consumer') || script === 'consumer.py') return 'down';
  if (runnerClients && groupProblemsOf(runnerClients).length > 0) return 'down';
  const all = [
    // consumer.py does not even start when producer.py failed.
    ...(hostClients && script !== 'producer.py' ? [hostClients.counts] : []),
    ...(runnerClients && runnerClients.counts.acknowledged > 0 ? [runnerClients.counts] : []),
  ];
  if (all.some(({ consumed, acknowledged }) => consumed < acknowledged)) return 'down';
  return all.length > 0 ? 'up' : 'unknown';
}

/** Whether the topic has kept what was written to it, and every partition has a leader. */
export function topicState(report: Report): State {
  const { topic, runnerClients, hostClients } = report;
  if (isBlamed(report, 'topic')) return 'down';
  if (topic?.partitions.some(({ leader }) => leader < 0)) return 'down';
  return topic || runnerClients || hostClients ? 'up' : 'unknown';
}
