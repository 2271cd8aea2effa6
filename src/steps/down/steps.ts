import type { Machine } from '../../machine/facts.ts';
import { isOpenToNeighbours, takeGuardBack } from '../../machine/neighbour-guard.ts';
import type { DeploymentRecord } from '../../machine/parse-record.ts';
import { notYet, type Step } from '../step.ts';
import { CONTAINERS } from './containers.ts';
import { recordRemovalStep } from './deployment-record.ts';
import { directoryRemovalStep } from './directory.ts';
import { NETWORKS } from './networks.ts';
import { type Kind, removalStep } from './removal.ts';
import { VOLUMES } from './volumes.ts';

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
  const all = (kind: Kind) => removalStep({ kind, project, machine, withData: volumes, record });
  return [
    all(CONTAINERS),
    withGuard(all(NETWORKS), project, machine),
    ...(volumes
      ? [
          all(VOLUMES),
          ...(record ? [directoryRemovalStep(machine.home, record)] : []),
          // The record goes last: it says what is left.
          recordRemovalStep(machine.home, project, [
            ...(['networks', 'volumes'] as const),
            ...(record ? (['directory'] as const) : []),
          ]),
        ]
      : []),
  ];
}

/** The rules that keep neighbours out go with the networks, also when these went by hand. */
function withGuard(step: Step, project: string, { hasDocker }: Machine): Step {
  return {
    ...step,
    async check(context) {
      const result = await step.check(context);
      if (!result.satisfied || !hasDocker || !(await isOpenToNeighbours(context.host, project)))
        return result;
      return notYet('rules of the packet filter are left of them');
    },
    async apply(context) {
      await step.apply?.(context);
      await takeGuardBack(context.host, project);
    },
  };
}
