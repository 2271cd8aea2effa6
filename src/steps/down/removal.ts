import { ActionError, lastLines } from '../../errors.ts';
import type { Host } from '../../host/host.ts';
import { mustRun } from '../../host/must-run.ts';
import type { Logger } from '../../log.ts';
import { anonymousVolumesOf, removeEmpty } from '../../machine/anonymous-volumes.ts';
import { rowsOf, withLabel } from '../../machine/docker-labels.ts';
import { type Machine, refuseWithoutSudo } from '../../machine/facts.ts';
import type { DeploymentRecord } from '../../machine/parse-record.ts';
import { notYet, type Step, type StepName, satisfied } from '../step.ts';
import { isOfDeployment, refuseUsers } from './others.ts';

/** A kind of thing that Docker keeps, and that Compose labels with its project. */
export interface Kind {
  readonly name: StepName;
  readonly title: string;
  readonly needs: readonly StepName[];
  /** Prints a name on each line, and after a tab what it depends on. */
  readonly list: readonly [string, ...string[]];
  /** The commands that remove what was found, one after the other. */
  readonly remove: (found: readonly Found[], withData: boolean) => [string, ...string[]][];
}

export interface Found {
  readonly name: string;
  readonly service: string;
  /** The services that must be there as long as it runs. */
  readonly needs: readonly string[];
  /** The compose files that a container was made from, as absolute paths. */
  readonly composeFiles: readonly string[];
}

/** The names of what was found. */
export const namesOf = (found: readonly Found[]) => found.map(({ name }) => name);

interface RemovalOptions {
  readonly kind: Kind;
  readonly project: string;
  readonly machine: Machine;
  readonly withData: boolean;
  /** What the deployment noted of itself. */
  readonly record: DeploymentRecord | undefined;
}

/** Finds everything of a kind by the project's label, and removes it. */
export function removalStep({ kind, project, machine, withData, record }: RemovalOptions): Step {
  const { name, title, needs, list, remove } = kind;
  const find = async (host: Host): Promise<Found[]> => {
    refuseWithoutSudo(machine);
    const filter = withLabel('project', project);
    const { exitCode, stdout, stderr } = await host.run({
      argv: [...list, ...filter],
      sudo: true,
      isLook: true,
    });
    if (exitCode !== 0)
      throw new ActionError('docker-not-running', `Docker does not say which ${name} there are`, {
        details: lastLines(stderr, 5),
      });
    return rowsOf(stdout).map(readFound);
  };
  const findOwn = async (host: Host) => (await find(host)).filter(found => isOfDeployment(found, record));
  const warned = new Set<string>();
  const warn = (log: Logger, { name: other, service, composeFiles }: Found) => {
    if (warned.has(other)) return;
    warned.add(other);
    log.warning(
      `container ${other} (service ${service}) is of the same Docker Compose project ${project}, but was made from ${composeFiles.join(', ')}: it is left as it is`,
    );
  };
  return {
    name,
    title,
    needs,
    async check({ host, log }) {
      if (!machine.hasDocker) return satisfied('Docker is not installed');
      const all = await find(host);
      const found = all.filter(each => isOfDeployment(each, record));
      for (const other of all.filter(each => !found.includes(each))) warn(log, other);
      if (found.length > 0) await refuseUsers(host, { project, withData, record });
      return found.length > 0
        ? notYet(`there: ${namesOf(found).join(', ')}`)
        : satisfied(`project ${project} has none`);
    },
    async apply({ host, log }) {
      const found = await findOwn(host);
      const volumes = name === 'containers' ? await anonymousVolumesOf(host, namesOf(found)) : [];
      for (const argv of remove(found, withData)) {
        log.info(argv.join(' '));
        await mustRun(host, { argv, sudo: true });
      }
      if (!withData) await removeEmpty(host, volumes);
    },
  };
}

/** @param cells name, service, `SERVICE:CONDITION:RESTART,…` and compose files, as Compose labels a container */
function readFound([name = '', service = '', needs = '', files = '']: string[]): Found {
  return {
    name,
    service,
    needs: needs.split(',').map(need => need.replace(/:.*$/s, '')),
    composeFiles: files.split(',').filter(file => file !== ''),
  };
}
