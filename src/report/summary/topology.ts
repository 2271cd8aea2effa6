import { count, plural } from '../figures.ts';
import { fold } from '../markdown.ts';
import { label, mermaid } from '../mermaid.ts';
import type { ClusterMember, Report } from '../report.ts';
import {
  consumerState,
  isSilent,
  memberState,
  producerState,
  type State,
  topicState,
} from './part-states.ts';

/** Signs that tell the states apart without colours. */
const SIGNS: Record<State, string> = { up: '✔', down: '✘', unknown: '?' };

/** White text on dark colours reads well on a light page and on a dark one; the borders differ too. */
const STYLES: Record<State, string> = {
  up: 'fill:#1a7f37,stroke:#116329,stroke-width:1px,color:#ffffff',
  down: 'fill:#cf222e,stroke:#82071e,stroke-width:4px,color:#ffffff',
  unknown: 'fill:#656d76,stroke:#afb8c1,stroke-width:2px,stroke-dasharray:5 4,color:#ffffff',
};

/** More would not be readable, and Mermaid takes 50,000 characters. */
const MOST_MEMBERS = 24;

/** The guide's drawing of the architecture, with the real members of the cluster and how each of them is. */
export function topologySection(report: Report): string[] {
  const members = membersOf(report);
  if (members.length === 0) return [];
  const diagram = [
    ...mermaid(diagramOf(members, report)),
    '',
    `${SIGNS.up} works · ${SIGNS.down} does not · ${SIGNS.unknown} not known`,
  ];
  const isKnown = members.some(member => memberState(member, report) !== 'unknown');
  if (!isKnown && !report.topic) return fold('Cluster: no state is known', diagram);
  return ['### Cluster', '', ...diagram, ''];
}

/** A run that was cut off did not look at the containers any more; the brokers it may have met. */
function membersOf({ cluster, topic, bootstrapServers }: Report): readonly ClusterMember[] {
  if (cluster.length > 0) return cluster;
  const met =
    topic?.brokers.map(({ id, address }) => ({ service: `broker ${id}`, address })) ??
    bootstrapServers.map(address => ({ service: 'broker', address }));
  return met.map(broker => ({ ...broker, role: 'broker', state: 'unknown', status: '' }));
}

function diagramOf(members: readonly ClusterMember[], report: Report): string[] {
  const [shown, left] = mostTelling(members, report);
  const drawn = shown.map((member, index) => ({ member, id: `member${index}` }));
  const nodes = (isBroker: boolean) =>
    drawn
      .filter(({ member }) => (member.role === 'broker') === isBroker)
      .map(({ member, id }) => ({ id, member, line: memberNode(id, member, report) }));
  const brokers = nodes(true);
  const others = nodes(false);
  return [
    'flowchart LR',
    `  ${node('producer', producerState(report), producerLines(report))}`,
    `  ${node('consumer', consumerState(report), consumerLines(report))}`,
    `  ${node('topic', topicState(report), topicLines(report), ['[(', ')]'])}`,
    '  subgraph brokers ["Brokers"]',
    // One below the other: the drawing stays as wide as a page, however many they are.
    '    direction LR',
    ...inRacks(brokers, report),
    '  end',
    ...others.map(({ line }) => `  ${line}`),
    '  producer -->|writes| topic',
    '  consumer -->|reads| topic',
    '  topic ---|kept by| brokers',
    ...others.map(({ id, member }) => `  brokers ---|${LINKS[member.role]}| ${id}`),
    ...(left.length > 0 ? [`  ${node('more', worstState(left, report), [`and ${left.length} more`])}`] : []),
    ...Object.entries(STYLES).map(([state, style]) => `  classDef ${state} ${style}`),
    '  style brokers fill:none,stroke:#848d97',
  ];
}

/** Brokers of the same rack in a box of their own, where they have racks. */
function inRacks(
  brokers: readonly { readonly member: ClusterMember; readonly line: string }[],
  { machines = [] }: Report,
): string[] {
  const rackOf = ({ address }: ClusterMember) =>
    machines.find(({ bootstrapServer }) => address !== undefined && bootstrapServer === address)?.rack;
  const byRack = Map.groupBy(brokers, ({ member }) => rackOf(member));
  return [...byRack].flatMap(([rack, inside], index) =>
    rack === undefined
      ? inside.map(({ line }) => `    ${line}`)
      : [
          `    subgraph rack${index} ["${label(rack)}"]`,
          ...inside.map(({ line }) => `      ${line}`),
          '    end',
          `    style rack${index} fill:none,stroke:#848d97,stroke-dasharray:2 2`,
        ],
  );
}

/** As many members as can be drawn, in their order, and those that are left: they are healthy brokers first of all. */
function mostTelling(
  members: readonly ClusterMember[],
  report: Report,
): [readonly ClusterMember[], readonly ClusterMember[]] {
  const isQuiet = (member: ClusterMember) => member.role === 'broker' && memberState(member, report) === 'up';
  const byWeight = members.toSorted((a, b) => Number(isQuiet(a)) - Number(isQuiet(b)));
  const shown = new Set(byWeight.slice(0, MOST_MEMBERS));
  return [members.filter(member => shown.has(member)), members.filter(member => !shown.has(member))];
}

function worstState(members: readonly ClusterMember[], report: Report): State {
  const states = members.map(member => memberState(member, report));
  return (['down', 'unknown'] as const).find(state => states.includes(state)) ?? 'up';
}

const LINKS: Record<ClusterMember['role'], string> = {
  broker: '',
  zookeeper: 'coordinated by',
  'schema-registry': 'keep schemas of',
  other: 'with',
};

const KINDS: Record<ClusterMember['role'], string> = {
  broker: '',
  zookeeper: 'ZooKeeper',
  'schema-registry': 'Schema registry',
  other: '',
};

/** What a member is, and what it is called where that is not the same. */
function titleOf({ service, role }: ClusterMember): string {
  const kind = KINDS[role];
  const isSame = service.toLowerCase().replaceAll(/[^a-z]/g, '') === kind.toLowerCase().replaceAll(' ', '');
  return isSame ? kind : `${kind} ${service}`.trim();
}

function memberNode(id: string, member: ClusterMember, report: Report): string {
  const { address, status } = member;
  const state = memberState(member, report);
  const isSilentBroker = address !== undefined && isSilent(address, report);
  const remark = isSilentBroker ? 'does not serve' : state === 'down' ? status : leads(address, report);
  return node(id, state, [titleOf(member), address ?? '', remark]);
}

/** Which partitions of the topic a broker led at the last look. */
function leads(address: string | undefined, { topic }: Report): string {
  const broker = topic?.brokers.find(candidate => candidate.address === address);
  const led = topic?.partitions.filter(({ leader }) => leader === broker?.id) ?? [];
  if (!broker || led.length === 0) return '';
  const numbers = led.map(({ partition }) => partition).join(', ');
  return `leads ${led.length === 1 ? 'partition' : 'partitions'} ${numbers}`;
}

function producerLines({ hostClients, runnerClients }: Report): string[] {
  return [
    'Producer',
    hostClients ? `machine: ${count(hostClients.produced)} acknowledged` : '',
    runnerClients ? `runner: ${count(runnerClients.counts.acknowledged)} acknowledged` : '',
  ];
}

function consumerLines({ hostClients, runnerClients }: Report): string[] {
  const came = (consumed: number, of: number) => `${count(consumed)} of ${count(of)} back`;
  const runner = runnerClients?.counts;
  return [
    'Consumer',
    hostClients ? `machine: ${came(hostClients.consumed, hostClients.produced)}` : '',
    runner ? `runner: ${came(runner.consumed, runner.acknowledged)}` : '',
  ];
}

function topicLines({ topic, runnerClients }: Report): string[] {
  const name = topic?.topic ?? runnerClients?.topic;
  if (!topic) return [`Topic ${name ?? ''}`];
  return [
    `Topic ${topic.topic}`,
    `${plural(topic.partitions.length, 'partition')}, ${plural(topic.replicationFactor, 'replica')} each`,
  ];
}

/** A box whose first line begins with the sign of its state. */
function node(
  id: string,
  state: State,
  lines: readonly string[],
  [open, close]: readonly [string, string] = ['[', ']'],
): string {
  const text = lines.filter(Boolean).map(label).join('<br/>');
  return `${id}${open}"${SIGNS[state]} ${text}"${close}:::${state}`;
}
