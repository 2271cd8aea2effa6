import { readKafka } from '../../../src/compose/kafka/kafka-model.ts';
import { loadCompose } from '../../../src/compose/reader/load.ts';
import { canPass } from '../../../src/lint/health-checks/can-pass.ts';
import { projectText, type ServiceText } from './compose-projects.ts';

export type CheckTest = string | readonly string[];

/** `yes`, `unknown`, or why the health check of a service called "kafka" cannot pass. */
export function verdictOf(service: ServiceText, test: CheckTest, more: object = {}): string {
  const text = projectText({ kafka: { ...service, healthcheck: { test, ...more } } });
  const { model, faults, sources } = loadCompose([{ path: 'compose.yml', text }]);
  const [first] = model.services;
  if (!first) throw new Error('no service');
  const verdict = canPass(first, { model, kafka: readKafka(model), faults, sources, sideBySide: false });
  return verdict.canPass === 'no' ? verdict.reason : verdict.canPass;
}

/** Confluent's ZooKeeper, which answers at 2181. */
export const confluentZooKeeper = (
  environment: Readonly<Record<string, string>> = {},
  tag = '7.9.2',
): ServiceText => ({
  image: `confluentinc/cp-zookeeper:${tag}`,
  environment: { ZOOKEEPER_CLIENT_PORT: '2181', ...environment },
});

/** A service with nothing but an image and its variables. */
export const imageService = (
  name: string,
  environment: Readonly<Record<string, string>> = {},
): ServiceText => ({
  image: name,
  environment,
});
