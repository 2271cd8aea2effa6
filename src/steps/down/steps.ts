import { ActionError, lastLines } from '../../errors.ts';
import type { Host } from '../../host/host.ts';
import { mustRun } from '../../host/must-run.ts';
import { type DeploymentRecord, recordRemovalStep } from '../../machine/deployment-records.ts';
import { type Machine, refuseWithoutSudo } from '../deploy/machine.ts';
import { notYet, type Step, satisfied } from '../step.ts';

interface DownOptions {
  readonly project: string;
  readonly machine: Machine;
  /** Whether the data and the directory go, too. */
  readonly volumes: boolean;
  /** What the deployment noted of itself; none for one that was made by hand. */
  readonly record: DeploymentRecord | undefined;
}

/**
 * Removes what a deployment made, by the labels that Docker Compose gives to all that it makes: neither Compose nor the compose
 * file needs to be there any more. Docker, Compose and the images stay.
 */
export function downSteps({ project, machine, volumes, record }: DownOptions): Step[] {
  const all = (kind: Kind) => removalStep({ kind, project, machine, withData: volumes });
  return [
    all(CONTAINERS),
    all(NETWORKS),
    ...(volumes
      ? [
          all(VOLUMES),
          ...(record ? [directoryRemovalStep(record)] : []),
          // Last: as long as anything is left, it says what.
          recordRemovalStep(machine.home, project, ['networks', 'volumes', ...(record ? ['directory'] : [])]),
        ]
      : []),
  ];
}

/** A kind of thing that Docker keeps, and that Compose labels with its project. */
interface Kind {
  readonly name: string;
  readonly title: string;
  readonly needs: readonly string[];
  /** Prints a name a line, and what it depends on after a tab. */
  readonly list: readonly [string, ...string[]];
  /** The commands that remove what was found, one after the other. */
  readonly remove: (found: readonly Found[], withData: boolean) => [string, ...string[]][];
}

interface Found {
  readonly name: string;
  readonly service: string;
  /** The services that must be there as long as it runs. */
  readonly needs: readonly string[];
}

const label = (key: string) => `{{.Label "com.docker.compose.${key}"}}`;
const namesOf = (found: readonly Found[]) => found.map(({ name }) => name);

const CONTAINERS: Kind = {
  name: 'containers',
  title: 'Containers removed',
  needs: [],
  list: ['docker', 'ps', '--all', '--format', `{{.Names}}\t${label('service')}\t${label('depends_on')}`],
  remove: (found, withData) =>
    withData
      ? [['docker', 'rm', '--force', '--volumes', ...namesOf(found)]]
      : [
          ...stopOrder(found).map((layer): [string, ...string[]] => [
            ...(['docker', 'stop', '--time', '30'] as const),
            ...namesOf(layer),
          ]),
          ['docker', 'rm', '--force', ...namesOf(found)],
        ],
};

/**
 * Where the data stays, what runs gets time to put it in order; and what others need is stopped after them, as Compose does: a
 * broker without its ZooKeeper does not stop.
 */
function stopOrder(found: readonly Found[]): Found[][] {
  const layers: Found[][] = [];
  let rest = [...found];
  while (rest.length > 0) {
    const needed = new Set(rest.flatMap(({ needs }) => needs));
    const free = rest.filter(({ service }) => !needed.has(service));
    const layer = free.length > 0 ? free : rest;
    layers.push(layer);
    rest = rest.filter(each => !layer.includes(each));
  }
  return layers;
}

const NETWORKS: Kind = {
  name: 'networks',
  title: 'Networks removed',
  needs: ['containers'],
  list: ['docker', 'network', 'ls', '--format', '{{.Name}}'],
  remove: found => [['docker', 'network', 'rm', ...namesOf(found)]],
};

const VOLUMES: Kind = {
  name: 'volumes',
  title: 'Volumes removed',
  needs: ['containers'],
  list: ['docker', 'volume', 'ls', '--format', '{{.Name}}'],
  remove: found => [['docker', 'volume', 'rm', '--force', ...namesOf(found)]],
};

interface RemovalOptions {
  readonly kind: Kind;
  readonly project: string;
  readonly machine: Machine;
  readonly withData: boolean;
}

function removalStep({ kind, project, machine, withData }: RemovalOptions): Step {
  const { name, title, needs, list, remove } = kind;
  const find = async (host: Host): Promise<Found[]> => {
    refuseWithoutSudo(machine);
    const filter = ['--filter', `label=com.docker.compose.project=${project}`];
    const { exitCode, stdout, stderr } = await host.run({ argv: [...list, ...filter], sudo: true });
    if (exitCode !== 0)
      throw new ActionError('docker-not-running', `Docker does not say which ${name} there are`, {
        details: lastLines(stderr, 5),
      });
    return stdout
      .split('\n')
      .filter(line => line !== '')
      .map(readFound);
  };
  return {
    name,
    title,
    needs,
    async check({ host }) {
      if (!machine.hasDocker) return satisfied('Docker is not installed');
      const found = await find(host);
      return found.length > 0
        ? notYet(`there: ${namesOf(found).join(', ')}`)
        : satisfied(`project ${project} has none`);
    },
    async apply({ host, log }) {
      for (const argv of remove(await find(host), withData)) {
        log.info(argv.join(' '));
        await mustRun(host, { argv, sudo: true });
      }
    },
  };
}

/** @param line name, service and `SERVICE:CONDITION:RESTART,…`, as Compose labels a container */
function readFound(line: string): Found {
  const [name = '', service = '', needs = ''] = line.split('\t');
  return { name, service, needs: needs.split(',').map(need => need.replace(/:.*$/, '')) };
}

/** Folders that held only these files go with them. */
const REMOVE = `
directory=$1
shift
cd -- "$directory" 2>/dev/null || exit 0
rm -rf -- "$@"
for file; do
  case $file in */*) rmdir -p --ignore-fail-on-non-empty -- "$(dirname -- "$file")" 2>/dev/null ;; esac
done
cd / && rmdir -- "$directory" 2>/dev/null
:`;

/** Removes the files that the deployment put there. What somebody else did stays, and the directory with it. */
function directoryRemovalStep({ directory, files }: DeploymentRecord): Step {
  return {
    name: 'directory',
    title: `Directory ${directory} removed`,
    needs: ['containers'],
    async check({ host }) {
      const script = 'cd -- "$1" 2>/dev/null || exit 0; shift; ls -d -- "$@" 2>/dev/null; :';
      const found = await mustRun(host, { argv: ['sh', '-c', script, 'sh', directory, ...files] });
      const names = found.stdout.split('\n').filter(line => line !== '');
      if (names.length > 0) return notYet(`there: ${names.join(', ')}`);
      const others = await host.run({ argv: ['ls', '-A', '--', directory] });
      if (others.exitCode !== 0) return satisfied('it is not there');
      const kept = others.stdout.split('\n').filter(line => line !== '');
      return satisfied(`it stays, for what no deployment put there: ${kept.join(', ') || 'nothing'}`);
    },
    async apply({ host, log }) {
      log.info(`remove from ${directory}: ${files.join(', ')}`);
      // As root: what a root shell left in the virtual environment goes, too.
      await mustRun(host, { argv: ['sh', '-c', REMOVE, 'sh', directory, ...files], sudo: true });
    },
  };
}
