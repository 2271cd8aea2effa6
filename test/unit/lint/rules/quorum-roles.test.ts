import { describe, expect, it } from 'vitest';
import { findingsOf, kraftNode, type ServiceText } from '../../support/compose-projects.ts';

const VOTERS = '1@kafka:9093,2@other:9093';
const RUN = '/etc/confluent/docker/run';

/** A broker beside a controller, which both say that it is a controller too. */
const beside = (other: ServiceText) => ({
  kafka: kraftNode({ KAFKA_CONTROLLER_QUORUM_VOTERS: VOTERS }),
  other,
});
const brokerOnly = (more: ServiceText = {}, environment: Record<string, string> = {}) =>
  kraftNode(
    {
      KAFKA_NODE_ID: 2,
      KAFKA_PROCESS_ROLES: 'broker',
      KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://other:9092',
      KAFKA_CONTROLLER_QUORUM_VOTERS: VOTERS,
      ...environment,
    },
    more,
  );
const quorumFindings = (services: Record<string, ServiceText>) =>
  findingsOf(services).filter(finding => finding.startsWith('kraft-quorum'));

describe('a voter that is no controller', () => {
  it.each<[string, ServiceText, boolean]>([
    ['by the roles that are written', brokerOnly(), true],
    ['by roles from a variable', brokerOnly({}, { KAFKA_PROCESS_ROLES: `\${ROLES}` }), false],
    [
      'by a command that ends in the start script',
      brokerOnly({ command: `bash -c "sleep 5; ${RUN}"` }),
      true,
    ],
    ['by a script that runs before', brokerOnly({ command: `bash -c "/tmp/run.sh && ${RUN}"` }), true],
    ['by a script that is read', brokerOnly({ command: `bash -c ". /tmp/run.sh && ${RUN}"` }), false],
    [
      'by a script that is read with its whole name',
      brokerOnly({ command: `bash -c "source x; ${RUN}"` }),
      false,
    ],
    [
      'by a command that sets them',
      brokerOnly({ command: `bash -c "KAFKA_PROCESS_ROLES=controller ${RUN}"` }),
      false,
    ],
    ['by a script that nobody sees', brokerOnly({ command: '/tmp/run.sh' }), false],
  ])('is told %s', (_, other, isTold) =>
    expect(quorumFindings(beside(other))).toEqual(isTold ? ['kraft-quorum: 2@other:9093'] : []),
  );

  const bitnami = (tag: string, more: ServiceText = {}, environment: Record<string, string> = {}) => ({
    kafka: {
      image: `bitnamilegacy/kafka:${tag}`,
      ...more,
      environment: {
        ALLOW_PLAINTEXT_LISTENER: 'yes',
        KAFKA_CFG_NODE_ID: '0',
        KAFKA_CFG_CONTROLLER_QUORUM_VOTERS: '0@kafka:9093',
        ...environment,
      },
    },
  });
  it.each<[string, Record<string, ServiceText>, number]>([
    ['3.4, whose first images are controllers by themselves', bitnami('3.4'), 0],
    ['3.7, told by what the image demands', bitnami('3.7'), 0],
    ['3.7 with a folder that may hold settings', bitnami('3.7', { volumes: ['./data:/bitnami/kafka'] }), 0],
    ['3.7 with its roles', bitnami('3.7', {}, { KAFKA_CFG_PROCESS_ROLES: 'broker' }), 1],
  ])('is not told without roles: Bitnami %s', (_, services, count) =>
    expect(quorumFindings(services)).toHaveLength(count),
  );
});

describe('a broker that is no controller', () => {
  const broker = (environment: Record<string, string>, more: ServiceText = {}) => ({
    kafka: kraftNode(
      {
        KAFKA_PROCESS_ROLES: 'broker',
        KAFKA_CONTROLLER_QUORUM_VOTERS: '9@c.example.org:9093',
        ...environment,
      },
      more,
    ),
  });
  const listenerFindings = (services: Record<string, ServiceText>) =>
    findingsOf(services).filter(finding => finding.startsWith('controller-advertised'));
  it.each<[string, Record<string, ServiceText>, boolean]>([
    ['with a listener of controllers', broker({}), true],
    [
      'with bootstrap servers in the place of voters',
      broker({
        KAFKA_CONTROLLER_QUORUM_VOTERS: '',
        KAFKA_CONTROLLER_QUORUM_BOOTSTRAP_SERVERS: 'c.example.org:9093',
      }),
      true,
    ],
    ['with listeners of its own', broker({ KAFKA_LISTENERS: 'PLAINTEXT://:9092' }), false],
    ['that is one after all', broker({ KAFKA_PROCESS_ROLES: 'broker,controller' }), false],
    ['whose role is not known', broker({ KAFKA_PROCESS_ROLES: `\${ROLES}` }), false],
    ['that the quorum calls a controller', broker({ KAFKA_CONTROLLER_QUORUM_VOTERS: '1@kafka:9093' }), false],
    [
      'of a command that gives it a role',
      broker({}, { command: `bash -c "KAFKA_PROCESS_ROLES=controller ${RUN}"` }),
      false,
    ],
    ['of an image of its own', broker({}, { build: '.' }), false],
  ])('%s', (_, services, isTold) =>
    expect(listenerFindings(services)).toEqual(
      isTold ? ['controller-advertised-listener: CONTROLLER://:9093'] : [],
    ),
  );
});
