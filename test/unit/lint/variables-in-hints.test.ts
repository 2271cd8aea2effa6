import { describe, expect, it } from 'vitest';
import { lintCompose } from '../../../src/lint/lint.ts';
import { RULES } from '../../../src/lint/rules.ts';

/** Names that Bitnami's image reads as they are; its prefix is KAFKA_CFG_. */
const ITS_OWN = /^(?:CFG_|OPTS|HEAP_OPTS|JMX_OPTS|KRAFT_CLUSTER_ID)/;

/** A file for the images of Confluent or Apache, written for those of Bitnami. */
const forBitnami = (text: string): string =>
  text
    .replaceAll(/(?:confluentinc\/cp-kafka|apache\/kafka)(?![\w-])(?::(\d)?\S*)?/g, (_, major?: string) =>
      major !== undefined && Number(major) < 8 ? 'bitnamilegacy/kafka:3.5.2' : 'bitnamilegacy/kafka:4.0.0',
    )
    .replaceAll(/\bKAFKA_(?=[A-Z])/g, 'KAFKA_CFG_')
    .replaceAll(/\bCLUSTER_ID\b/g, 'KAFKA_KRAFT_CLUSTER_ID');

/** Variables of other images that what is told of a file names. */
function foreignNames(text: string): string[] {
  return lintCompose([{ path: 'compose.yml', text }]).flatMap(({ ruleId, message, hint, proposal = '' }) =>
    [...`${message} ${hint} ${proposal}`.matchAll(/\bKAFKA_(\w+)/g)]
      .filter(([, name = '']) => !ITS_OWN.test(name))
      .map(([name]) => `${ruleId}: ${name}`),
  );
}

describe('what is told of an image of Bitnami names its own variables', () => {
  it.each(RULES.filter(({ example }) => /cp-kafka|apache\/kafka/.test(example.bad)))('$id', ({ example }) =>
    expect(foreignNames(forBitnami(example.bad))).toEqual([]),
  );

  const told = (prefix: string, ruleId: string, more: string) => {
    const text = `services:
  kafka:
    image: bitnamilegacy/kafka:3.5.2
    tmpfs: /bitnami
    environment:
      KAFKA_CFG_NODE_ID: 1
      KAFKA_CFG_PROCESS_ROLES: broker,controller
      KAFKA_CFG_CONTROLLER_QUORUM_VOTERS: 1@kafka:9093
      KAFKA_CFG_CONTROLLER_LISTENER_NAMES: CONTROLLER
      ${prefix}LISTENER_SECURITY_PROTOCOL_MAP: IN:PLAINTEXT,CONTROLLER:PLAINTEXT
      ${prefix}LISTENERS: IN://:9092,CONTROLLER://:9093
      ${more}
`;
    return lintCompose([{ path: 'compose.yml', text }]).find(finding => finding.ruleId === ruleId);
  };

  it.each(['KAFKA_CFG_', 'KAFKA_'])('by the names that the file has for them: %s…', prefix => {
    const advertised = `${prefix}ADVERTISED_LISTENERS: IN://kafka:9092`;
    const name = `${prefix}INTER_BROKER_LISTENER_NAME`;
    const missing = told(prefix, 'inter-broker-listener-missing', `${advertised}\n      ${name}: OUT`);
    expect(missing?.hint).toBe(`Set ${name} to IN.`);
    expect(missing?.proposal).toBe(`${name}: IN`);
    const controller = told(
      prefix,
      'controller-advertised-listener',
      `${advertised},CONTROLLER://kafka:9093\n      ${name}: IN`,
    );
    expect(controller?.hint).toBe(
      `Take CONTROLLER out of ${prefix}ADVERTISED_LISTENERS; ${prefix}LISTENERS is enough.`,
    );
  });
});
