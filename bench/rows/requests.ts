import { asRoot, type Machine } from '../../test/integration/support/lab.ts';
import { measureAction } from '../action.ts';
import { asEarlier } from '../earlier.ts';
import type { Figures, Line, Row } from '../row.ts';

const RUNS = [
  { name: 'plan', what: '`mode: plan`, converged', inputs: { mode: 'plan' } },
  { name: 'smokeTest', what: '`mode: smoke-test`', inputs: { mode: 'smoke-test' } },
  { name: 'again', what: 'second run', inputs: {} },
] as const;
const BARE = { name: 'bare', what: 'bare machine → proven' } as const;

const COUNTS = [
  { name: 'Commands', what: 'commands over SSH' },
  { name: 'Connections', what: 'connections to Kafka through SSH' },
  { name: 'Requests', what: 'requests to the brokers' },
] as const;

const linesOf = (
  run: { readonly name: string; readonly what: string },
  counts: readonly (typeof COUNTS)[number][],
) =>
  counts.map(
    (count): Line => ({ what: `${run.what}: ${count.what}`, unit: '', figure: run.name + count.name }),
  );

/** How often a run asks, by the machine's own books: sshd's journal and the brokers' log of requests. */
export const requests: Row = {
  name: 'requests',
  byNameOnly: true,
  lines: RUNS.flatMap(run => linesOf(run, COUNTS)),
  async measure(bench) {
    const root = await bench.earlier();
    const earlier = await countRuns(await bench.deployed(EARLIER, {}, root), root);
    await bench.release(EARLIER);
    return { ...asEarlier(earlier), ...(await countRuns(await bench.deployed())) };
  },
};

const EARLIER = 'requests-earlier';

async function countRuns(machine: Machine, root?: string): Promise<Figures> {
  const figures: Record<string, number> = {};
  await keepBooks(machine);
  await logRequests(machine);
  for (const { name, inputs } of RUNS) {
    const before = await counted(machine);
    await measureAction(machine, inputs, root);
    const after = await counted(machine);
    for (const count of COUNTS) figures[name + count.name] = after[count.name] - before[count.name];
  }
  return figures;
}

/** On a bare machine nobody can tell the brokers to write down requests before they are there. */
export const requestsBare: Row = {
  name: 'requests-bare',
  byNameOnly: true,
  lines: linesOf(BARE, COUNTS.slice(0, 2)),
  async measure(bench) {
    const countOnFresh = async (root?: string): Promise<Figures> => {
      const machine = await bench.machine('requests');
      try {
        await keepBooks(machine);
        await measureAction(machine, {}, root);
        const { Commands, Connections } = await counted(machine);
        return { bareCommands: Commands, bareConnections: Connections };
      } finally {
        await bench.remove('requests');
      }
    };
    return { ...asEarlier(await countOnFresh(await bench.earlier())), ...(await countOnFresh()) };
  },
};

/** Lets sshd write down each channel. */
const keepBooks = (machine: Machine) =>
  asRoot(machine, "sed -i '1i LogLevel DEBUG1' /etc/ssh/sshd_config && systemctl reload sshd");

const BROKERS = 'docker ps -q --filter name=kafka-broker';

/** Lets the brokers write down each request; they do so from now on, without a restart. */
const logRequests = (machine: Machine) =>
  asRoot(
    machine,
    `for id in 1 2 3; do docker exec $(${BROKERS} | head -n 1) kafka-configs --bootstrap-server kafka-broker-1:9092 --alter \
      --entity-type broker-loggers --entity-name $id --add-config kafka.request.logger=DEBUG; done`,
  );

interface Counted {
  readonly Commands: number;
  readonly Connections: number;
  readonly Requests: number;
}

/** What the books hold until now. Requests among the brokers, and those of the registry, come in by other listeners. */
async function counted(machine: Machine): Promise<Counted> {
  const count = async (command: string) => Number(await asRoot(machine, `${command} || true`));
  return {
    Commands: await count("journalctl --no-pager | grep -c 'Starting session: command'"),
    Connections: await count("journalctl --no-pager | grep -c 'server_request_direct_tcpip: originator'"),
    Requests: await count(
      `for broker in $(${BROKERS}); do docker logs $broker 2>&1; done | grep 'Completed request' | grep -c '"listener":"PLAINTEXT_HOST"'`,
    ),
  };
}
