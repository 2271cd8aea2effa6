import type { DeploymentRecord } from '../../machine/deployment-records.ts';
import type { Machine } from '../../machine/facts.ts';
import type { Step } from '../step.ts';
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
    all(NETWORKS),
    ...(volumes
      ? [
          all(VOLUMES),
          ...(record ? [directoryRemovalStep(record)] : []),
          // The record goes last: it says what is left.
          recordRemovalStep(machine.home, project, [
            ...(['networks', 'volumes'] as const),
            ...(record ? (['directory'] as const) : []),
          ]),
        ]
      : []),
  ];
}
