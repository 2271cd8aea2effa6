import { isLoopback } from '../compose/kafka/listeners.ts';
import type { Registry } from '../compose/kafka/registry.ts';
import type { LintContext } from './rule.ts';

/** The protocol that a registry speaks with Kafka; undefined when that is not known. */
export function securityProtocol({ settings, complete }: Registry): string | undefined {
  const setting = settings.get('kafkastore.security.protocol')?.value;
  if (!setting) return complete ? 'PLAINTEXT' : undefined;
  return setting.unresolved.length > 0 ? undefined : setting.text.trim().toUpperCase();
}

/**
 * Where a registry reaches the brokers: their inter-broker listeners, as PROTOCOL://SERVICE:PORT.
 * @returns none when that is not certain: more than one cluster, another protocol, a listener that leads elsewhere
 */
export function internalAddresses(registry: Registry, { kafka: { clusters } }: LintContext): string[] {
  const [cluster] = clusters;
  const expected = securityProtocol(registry);
  if (!cluster || clusters.length > 1 || expected === undefined) return [];
  const addresses = cluster.brokers.map(({ service, advertised, interBroker, protocols }) => {
    const listener = advertised?.find(({ name }) => name === interBroker);
    const names = [service.name, service.hostname?.text, service.containerName?.text];
    const isSafe = listener && names.includes(listener.host) && !isLoopback(listener.host);
    return isSafe && protocols?.get(listener.name) === expected
      ? `${expected}://${listener.host}:${listener.port}`
      : undefined;
  });
  return addresses.includes(undefined) ? [] : addresses.filter(address => address !== undefined);
}
