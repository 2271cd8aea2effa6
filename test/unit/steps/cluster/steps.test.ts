import { readFileSync } from 'node:fs';
import type { Kafka } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { readDeployment } from '../../../../src/compose/deployment/deployment.ts';
import { planNodes } from '../../../../src/compose/deployment/node-plan.ts';
import { parseConfig } from '../../../../src/config/config.ts';
import type { RawInputs } from '../../../../src/config/inputs.ts';
import type { Machine } from '../../../../src/machine/facts.ts';
import { type ClusterNode, clusterOfNodes, hostAccessOf } from '../../../../src/steps/cluster/node.ts';
import { clusterDeploySteps } from '../../../../src/steps/cluster/steps.ts';
import { stepsBefore } from '../../../../src/steps/needs.ts';
import type { Step } from '../../../../src/steps/step.ts';
import { SimulatedClock } from '../../support/clocks.ts';
import { makeKey } from '../../support/ssh-keys.ts';
import { noKafka, scriptedContext } from '../../support/step-context.ts';

const { privateKey: key } = makeKey('ed25519');
const stack = {
  node: readFileSync('stacks/kraft-node/docker-compose.yml', 'utf8'),
  registry: readFileSync('stacks/kraft-node/docker-compose.schema-registry.yml', 'utf8'),
  rack: readFileSync('stacks/kraft-node/docker-compose.rack.yml', 'utf8'),
};
const clients = { producer: '', consumer: '', settings: '', requirements: '', codecs: '' };
const facts = { home: '/home/u', user: 'u', architecture: 'x86_64', hasProxy: false } as Machine;

/** Nodes on machines at these addresses; the first of them that has no id gets the registry. */
function nodesAt(...machines: { address: string; nodeId?: number }[]): ClusterNode[] {
  const clusterId = machines.some(({ nodeId }) => nodeId !== undefined)
    ? 'AbCdEfGhIjKlMnOpQrStUv'
    : undefined;
  const found = machines.map(each => ({ ...each, name: each.address, ...(clusterId ? { clusterId } : {}) }));
  const plans = planNodes(found, { controllers: 3, stack, newClusterId: () => 'AbCdEfGhIjKlMnOpQrStUv' });
  return plans.map((plan, index) => {
    const texts = plan.composeFiles.map(path => ({ path, text: plan.files.get(path) ?? '' }));
    const machine = found[index] ?? { name: '', address: '' };
    return {
      ...{ context: { ...scriptedContext([]).context, machine }, facts, plan },
      deployment: readDeployment(texts, { readFile: path => plan.files.get(path) }),
      project: { name: 'd', directory: '/home/u/d', composeFiles: plan.composeFiles },
    };
  });
}

const THREE = nodesAt({ address: '10.0.1.5' }, { address: '10.0.1.6' }, { address: '10.0.1.7' });
function stepsOf(nodes: readonly ClusterNode[], inputs: RawInputs = {}): Step[] {
  const config = parseConfig({ host: 'a,b,c', stack: 'kraft', key, ...inputs }, () => key);
  return clusterDeploySteps(config, {
    ...{ nodes, clients, run: undefined, schemas: [], note: () => {} },
    rebalance: config.machines?.rebalance,
    openReplaced: () => expect.unreachable('nothing is run'),
  });
}
/** `NAME` of a step on the whole cluster, `NAME@MACHINE` of the others. */
const labelOf = ({ name, place }: Step) => (place ? `${name}@${place.name}` : name);

/** What a step waits for, by way of others, too. */
function allBefore(steps: readonly Step[], label: string): string[] {
  const at = steps.findIndex(step => labelOf(step) === label);
  const step = steps[at] ?? expect.unreachable(`there is no ${label}`);
  const direct = stepsBefore(step, steps.slice(0, at));
  return [...new Set(direct.flatMap(each => [labelOf(each), ...allBefore(steps, labelOf(each))]))];
}

describe('the steps over several machines', () => {
  it('are each in the log on all machines before the next one', () => {
    const labels = stepsOf(THREE).map(labelOf);
    expect(labels.slice(0, 7)).toEqual([
      ...['machine@10.0.1.5', 'machine@10.0.1.6', 'machine@10.0.1.7', 'ways'],
      ...['deployment-record@10.0.1.5', 'deployment-record@10.0.1.6', 'deployment-record@10.0.1.7'],
    ]);
  });

  it.each([
    ['deploy', 10_000],
    ['plan', 3_000],
  ])('wait in mode %s so long for a broker that says who the members are: %i ms', async (mode, ms) => {
    const hangs = { connect: () => new Promise(() => {}), disconnect: async () => {} };
    const kafka = { ...noKafka, onlyTo: () => ({ admin: () => hangs }) as unknown as Kafka };
    const clock = new SimulatedClock();
    const members = stepsOf(THREE, { mode }).find(({ name }) => name === 'members');
    await members?.check({ ...scriptedContext([]).context, kafka, clock });
    expect(clock.now()).toBe(ms);
  });

  it('need only what comes before them', () => {
    for (const inputs of [{}, { 'update-packages': 'false' }, { 'http-proxy': 'http://p:1' }]) {
      const steps = stepsOf(THREE, inputs);
      for (const [index, step] of steps.entries()) stepsBefore(step, steps.slice(0, index));
    }
  });

  it('change no machine before all ways are known to be open', () => {
    const steps = stepsOf(THREE, { 'http-proxy': 'http://p:1' });
    for (const step of steps.filter(({ apply }) => apply)) {
      expect(allBefore(steps, labelOf(step)), labelOf(step)).toContain('ways');
    }
  });

  it('spread partitions when that is asked for, once Kafka is ready and its topics are there', () => {
    expect(stepsOf(THREE).map(labelOf)).not.toContain('rebalance');
    const before = allBefore(stepsOf(THREE, { rebalance: 'true', topics: 'orders' }), 'rebalance');
    expect(before).toEqual(expect.arrayContaining(['topic', 'topics', 'kafka-ready', 'stack@10.0.1.7']));
  });

  it('place nothing before a machine may take the node of a lost one', () => {
    const nodes = THREE.map((node, index) =>
      index === 2
        ? { ...node, context: { ...node.context, machine: { ...node.context.machine, inPlaceOf: 'old' } } }
        : node,
    );
    const steps = stepsOf(nodes);
    expect(allBefore(steps, 'replacement')).toContain('ways');
    for (const step of steps.filter(({ apply, name }) => apply && name !== 'replacement'))
      expect(allBefore(steps, labelOf(step)), labelOf(step)).toContain('replacement');
    expect(stepsOf(THREE).map(labelOf)).not.toContain('replacement');
  });

  it('start running nodes anew only when all others are up, and before anything is asked of Kafka', () => {
    const before = allBefore(stepsOf(THREE), 'rolling-change');
    expect(before).toEqual(
      expect.arrayContaining(['10.0.1.5', '10.0.1.6', '10.0.1.7'].map(at => `stack@${at}`)),
    );
    expect(allBefore(stepsOf(THREE), 'certificate-use')).toContain('rolling-change');
    expect(allBefore(stepsOf(THREE), 'kafka-ready')).toContain('rolling-change');
  });

  it('start no node before every one has its images and its certificate', () => {
    const steps = stepsOf(THREE);
    expect(allBefore(steps, 'stack@10.0.1.6')).toEqual(
      expect.arrayContaining(
        THREE.flatMap(({ plan }, index) => [
          `images@10.0.1.${5 + index}`,
          plan.nodeId > 0 ? `certificate@10.0.1.${5 + index}` : '',
        ]),
      ),
    );
  });

  it('ask Kafka when all nodes are up', () => {
    expect(allBefore(stepsOf(THREE), 'kafka-ready')).toEqual(
      expect.arrayContaining(['stack@10.0.1.5', 'stack@10.0.1.6', 'stack@10.0.1.7']),
    );
  });

  it('have the authority and the pair on the machine of node 1, wherever it is in the list', () => {
    const nodes = nodesAt(
      { address: '10.0.1.7', nodeId: 3 },
      { address: '10.0.1.5', nodeId: 1 },
      { address: '10.0.1.6', nodeId: 2 },
    );
    const labels = stepsOf(nodes).map(labelOf);
    for (const name of [
      'authority',
      'client-certificate',
      'clients',
      'virtual-environment',
      'python-package',
    ])
      expect(labels.filter(label => label.startsWith(`${name}@`))).toEqual([`${name}@10.0.1.5`]);
  });

  it('never have two that use yum on a machine at the same time', () => {
    const steps = stepsOf(THREE);
    const yum = ['system-update', 'docker-package', 'openssl-package', 'python-package'];
    for (const [index, name] of yum.entries())
      if (index > 0) expect(allBefore(steps, `${name}@10.0.1.5`)).toContain(`${yum[index - 1]}@10.0.1.5`);
  });
});

describe('the cluster of several machines', () => {
  it('has a broker on each, at a port of its own, and the registry at the first', () => {
    expect(clusterOfNodes(THREE)).toMatchObject({
      bootstrapServers: ['localhost:19092', 'localhost:29092', 'localhost:39092'],
      schemaRegistryUrl: 'http://localhost:8081',
    });
    expect(clusterOfNodes(THREE).members.map(({ service, role }) => `${service} ${role}`)).toEqual([
      ...['kafka@10.0.1.5 broker', 'kafka@10.0.1.6 broker', 'kafka@10.0.1.7 broker'],
      'schema-registry@10.0.1.5 schema-registry',
    ]);
  });

  it('is reached from a machine at the private addresses, by a certificate', () => {
    const { bootstrapServers, settings } = hostAccessOf(THREE, '/home/u/d');
    expect(bootstrapServers).toEqual(['10.0.1.5:9092', '10.0.1.6:9092', '10.0.1.7:9092']);
    expect(JSON.parse(settings)).toEqual({
      security_protocol: 'SSL',
      tls: { check_hostname: true, trusted_file: '/home/u/d/ca.crt', identity_file: '/home/u/d/client.pem' },
    });
  });
});
