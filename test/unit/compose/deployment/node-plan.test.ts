import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readDeployment } from '../../../../src/compose/deployment/deployment.ts';
import {
  type NodePlan,
  newClusterId,
  type PlannedMachine,
  planNodes,
  readNodeSettings,
} from '../../../../src/compose/deployment/node-plan.ts';
import { readKafka } from '../../../../src/compose/kafka/kafka-model.ts';
import { loadCompose } from '../../../../src/compose/reader/load.ts';
import { lintCompose } from '../../../../src/lint/lint.ts';

const stack = {
  node: readFileSync('stacks/kraft-node/docker-compose.yml', 'utf8'),
  registry: readFileSync('stacks/kraft-node/docker-compose.schema-registry.yml', 'utf8'),
  rack: readFileSync('stacks/kraft-node/docker-compose.rack.yml', 'utf8'),
};
const NEW_ID = 'a-cluster-without-data';
const plan = (machines: readonly PlannedMachine[], controllers: 3 | 5 = 3) =>
  planNodes(machines, { controllers, stack, newClusterId: () => NEW_ID });

/** Machines `a`, `b`, `c`… at 10.0.1.5, 10.0.1.6, 10.0.1.7…, with the ids that their data have. */
const machines = (...ids: (number | undefined)[]): PlannedMachine[] =>
  ids.map((nodeId, index) => ({
    name: 'abcdefg'[index] ?? '',
    address: `10.0.1.${5 + index}`,
    ...(nodeId === undefined ? {} : { nodeId, clusterId: NEW_ID }),
  }));
const bare = (count: number) => machines(...Array.from({ length: count }, () => undefined));

const filesOf = ({ files, composeFiles }: NodePlan) =>
  composeFiles.map(path => ({ path, text: files.get(path) ?? '' }));
const loaded = (node: NodePlan) => loadCompose(filesOf(node), { readFile: path => node.files.get(path) });
const nodeOf = (node: NodePlan) => readKafka(loaded(node).model).nodes[0];
const variablesOf = (node: NodePlan | undefined) => node?.files.get('.env') ?? '';

describe('the racks of nodes', () => {
  const racks = (...known: readonly [rack?: string, formerRack?: string][]) =>
    plan(
      machines(1, 2, 3, 4).map((machine, index) => ({
        ...machine,
        rack: known[index]?.[0],
        formerRack: known[index]?.[1],
      })),
    ).map(({ rack }) => rack);

  it('stay while nobody says where a machine stands', () => {
    expect(racks([undefined, 'a'], ['b', 'b'], [undefined, 'c'], ['d'])).toEqual(['a', 'b', 'c', 'd']);
  });

  it('change with what is said', () => {
    expect(racks(['x', 'a'], ['b', 'b'], ['c', 'c'], ['a', 'a'])).toEqual(['x', 'b', 'c', 'a']);
  });

  it('stay all of them as they are while one is not known', () => {
    expect(racks(['x', 'a'], ['b', 'b'], ['c', 'c'], [])).toEqual(['a', 'b', 'c', undefined]);
    expect(racks(['x'], ['b'], ['c'], [])).toEqual(Array(4).fill(undefined));
  });
});

describe('the plan of bare machines', () => {
  it('makes the first three controllers, and the others brokers', () => {
    expect(plan(bare(5)).map(({ nodeId, roles, hostPort }) => [nodeId, roles, hostPort])).toEqual([
      [1, 'controller+broker', 19092],
      [2, 'controller+broker', 29092],
      [3, 'controller+broker', 39092],
      [4, 'broker', 19093],
      [5, 'broker', 19094],
    ]);
    expect(plan(bare(5), 5).map(({ roles }) => roles)).toEqual(Array(5).fill('controller+broker'));
  });

  it('has each in its rack, and without racks the settings that it always had', () => {
    const racked = plan(bare(3).map((machine, index) => ({ ...machine, rack: `zone-${index}` })));
    expect(variablesOf(racked[1])).toContain('\nKAFKA_BROKER_RACK=zone-1\n');
    expect(racked.map(node => nodeOf(node)?.settings.get('broker.rack')?.value.text)).toEqual([
      'zone-0',
      'zone-1',
      'zone-2',
    ]);
    expect(racked.map(({ composeFiles }) => composeFiles.at(-1))).toEqual(
      Array(3).fill('docker-compose.rack.yml'),
    );
    expect(variablesOf(racked[1])).toContain('\nCOMPOSE_FILE=docker-compose.yml:docker-compose.rack.yml\n');
    expect(variablesOf(plan(bare(3))[1])).not.toMatch(/RACK|COMPOSE_FILE/);
  });

  it('puts the registry beside the first node only', () => {
    expect(plan(bare(3)).map(({ composeFiles }) => composeFiles.length)).toEqual([2, 1, 1]);
  });

  it('gives no two nodes of fifty the same port', () => {
    expect(new Set(plan(bare(50)).map(({ hostPort }) => hostPort)).size).toBe(50);
  });

  it('names the same voters everywhere, by their addresses', () => {
    for (const node of plan(bare(4)))
      expect(nodeOf(node)?.settings.get('controller.quorum.voters')?.value.text).toBe(
        '1@10.0.1.5:9093,2@10.0.1.6:9093,3@10.0.1.7:9093',
      );
  });
});

describe('the compose files of a node', () => {
  it.each([0, 1, 3])('have no fault, and make the node that was planned (%i)', index => {
    const node = plan(bare(4))[index];
    if (!node) throw new Error('no node');
    expect(loaded(node).faults).toEqual([]);
    expect(nodeOf(node)).toMatchObject({
      id: { number: node.nodeId },
      isBroker: true,
      isController: node.roles === 'controller+broker',
      interBroker: 'CLUSTER',
    });
  });

  it("have nothing that the linter finds, but that they listen in the machine's own network", () => {
    for (const node of plan(bare(4)))
      expect(
        lintCompose(filesOf(node), { readFile: path => node.files.get(path) }).map(({ ruleId }) => ruleId),
      ).toEqual(['host-access']);
  });

  it('bind the private address for the others, and 127.0.0.1 for clients without a certificate', () => {
    const [controller, , , broker] = plan(bare(4)).map(nodeOf);
    const bound = (node: typeof controller) =>
      node?.listeners?.map(({ name, host, port }) => `${node.protocols?.get(name)} ${host}:${port}`);
    expect(bound(controller)).toEqual([
      'SSL 10.0.1.5:9092',
      'PLAINTEXT 127.0.0.1:19092',
      'SSL 10.0.1.5:9093',
    ]);
    expect(bound(broker)).toEqual(['SSL 10.0.1.8:9092', 'PLAINTEXT 127.0.0.1:19093']);
  });

  it('can be deployed, and their clients on the machine find the node and the registry', () => {
    const [first, second] = plan(bare(3)).map(node =>
      readDeployment(filesOf(node), { readFile: path => node.files.get(path) }),
    );
    expect(first?.cluster).toMatchObject({
      bootstrapServers: ['localhost:19092'],
      schemaRegistryUrl: 'http://localhost:8081',
    });
    expect(second?.cluster).toMatchObject({ bootstrapServers: ['localhost:29092'] });
    expect(second?.cluster.schemaRegistryUrl).toBeUndefined();
    expect([...(first?.files.keys() ?? [])].toSorted()).toEqual([
      '.env',
      'docker-compose.schema-registry.yml',
      'docker-compose.yml',
    ]);
  });

  it('write an IPv6 address in brackets', () => {
    const nodes = plan(bare(3).map((machine, index) => ({ ...machine, address: `fd00::${index + 1}` })));
    expect(variablesOf(nodes[1])).toContain(
      'CONTROLLER_VOTERS=1@[fd00::1]:9093,2@[fd00::2]:9093,3@[fd00::3]:9093',
    );
    expect(nodes[1] && nodeOf(nodes[1])?.advertised?.[0]).toMatchObject({ host: 'fd00::2', port: 9092 });
  });
});

describe('the plan of machines with data', () => {
  it('leaves each node its id, whatever the order of the list is', () => {
    const nodes = plan(machines(3, undefined, 1, 2));
    expect(nodes.map(({ nodeId }) => nodeId)).toEqual([3, 4, 1, 2]);
    expect(nodes.map(({ hasRegistry }) => hasRegistry)).toEqual([false, false, true, false]);
    expect(nodes.map(({ roles }) => roles)).toEqual([
      'controller+broker',
      'broker',
      'controller+broker',
      'controller+broker',
    ]);
  });

  it('keeps the id of the cluster, and makes one where there is none', () => {
    const [, , third] = plan(
      machines(1, 2, 3).map(each => ({ ...each, clusterId: 'KafkaAl2023KraftStackA' })),
    );
    expect(variablesOf(third)).toContain('CLUSTER_ID=KafkaAl2023KraftStackA\n');
    expect(variablesOf(plan(bare(3))[2])).toContain(`CLUSTER_ID=${NEW_ID}\n`);
  });

  it('makes ids that no tool of Kafka takes for an option', () => {
    const ids = Array.from({ length: 500 }, newClusterId);
    expect(new Set(ids).size).toBe(500);
    for (const id of ids) expect(id).toMatch(/^\w[\w-]{21}$/);
  });

  it('gives a further machine the lowest id that is free', () => {
    expect(plan(machines(1, 2, 3, undefined, 5, undefined)).map(({ nodeId }) => nodeId)).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
  });

  it('lets a further machine join as a broker, and leaves the others as they are', () => {
    const before = plan(machines(1, 2, 3));
    const [joined, ...after] = plan(machines(1, 2, 3, undefined)).toReversed();
    expect(after.toReversed()).toEqual(before);
    expect(joined).toMatchObject({ nodeId: 4, roles: 'broker', hostPort: 19093, clusterPorts: [9092] });
    expect(variablesOf(joined)).toContain(`CLUSTER_ID=${NEW_ID}\n`);
    expect(joined && nodeOf(joined)?.settings.get('controller.quorum.voters')?.value.text).toBe(
      '1@10.0.1.5:9093,2@10.0.1.6:9093,3@10.0.1.7:9093',
    );
  });

  it.each([
    [machines(1, 2, 2), 'b and c both have node 2: no cluster may have two nodes of one id'],
    [
      machines(1, 2, 3).map(each => (each.nodeId === 3 ? { ...each, clusterId: 'another' } : each)),
      `a is of cluster ${NEW_ID}, and c of cluster another`,
    ],
    [
      machines(1, undefined, 3),
      'none of the machines has node 2, of the 3 nodes that decide for the cluster: a has 1, c has 3',
    ],
    [
      machines(4, 5, undefined),
      'none of the machines has nodes 1, 2, 3, of the 3 nodes that decide for the cluster: a has 4, b has 5',
    ],
    [
      machines(1, 2, 3).map(each => ({ ...each, controllers: 5 })),
      'the cluster was made with 5 controllers, and controllers says 3: the number cannot be changed',
    ],
  ])('refuses what would harm a cluster (%#)', (found, message) => {
    expect(() => plan(found)).toThrow(message);
  });
});

describe('the settings of an earlier deployment', () => {
  it('say which node the machine was to be', () => {
    const nodes = plan(bare(4));
    expect(nodes.map(node => readNodeSettings(variablesOf(node)))).toEqual(
      nodes.map(({ nodeId }) => ({ nodeId, clusterId: NEW_ID, controllers: 3 })),
    );
  });

  it.each([
    '',
    'KAFKA_NODE_ID=1',
    'BROKER_1_PORT=19092',
    'KAFKA_NODE_ID=0\nCLUSTER_ID=x\nCONTROLLER_VOTERS=1@a',
  ])('say nothing in another file (%j)', text => expect(readNodeSettings(text)).toEqual({}));
});
