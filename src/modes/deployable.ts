import type { Cluster } from '../compose/deployment/cluster.ts';
import type { Deployment } from '../compose/deployment/deployment.ts';
import { fromRegistry } from '../compose/deployment/image-registry.ts';
import { deploymentAt } from '../compose/deployment/port-shift.ts';
import type { Config } from '../config/config.ts';
import { ActionError, toActionError } from '../errors.ts';
import { ONE_BROKER } from '../kafka/topic.ts';
import type { Judgement } from '../lint/judge.ts';
import type { Finding } from '../lint/rule.ts';
import type { GroupedLogger } from '../log.ts';
import { type ComposeSource, judgeSource } from './lint.ts';
import { refusalOf } from './lint-log.ts';
import { refuseDrillOfOne } from './one-broker.ts';
import { refusalOfStranger } from './stranger.ts';

/** What the linter says of a user's own files; it says nothing of a stack of the action. */
interface Judged {
  readonly lint?: Judgement;
  readonly findings: readonly Finding[];
}

interface Refused extends Judged {
  readonly refusal: ActionError;
}

interface Deployable extends Judged {
  readonly refusal?: undefined;
  /** The deployment with every port so much higher. @throws ActionError `compose-file-unsupported` */
  readonly deploymentAt: (portShift: number) => Deployment;
  /** The ports of an environment are chosen on the machine: this cluster has others. */
  readonly cluster: Cluster;
}

/** Judges a user's own compose files, and finds out what cannot be deployed before the machine is touched. */
export function judgeDeployment(
  config: Pick<Config, 'compose' | 'environment' | 'allowHostAccess' | 'schemas' | 'imageRegistry'> & {
    readonly smokeTest: Pick<Config['smokeTest'], 'drill'>;
  },
  source: ComposeSource,
  log: GroupedLogger,
): Deployable | Refused {
  const { compose, environment, allowHostAccess, schemas, imageRegistry, smokeTest } = config;
  const own = source.isOwn ? judgeSource(compose, source, log, environment !== undefined) : undefined;
  const judged: Judged = { lint: own?.judgement, findings: own?.findings ?? [] };
  const refusal = own && refusalOf(own.judgement);
  if (refusal) return { ...judged, refusal };
  const { files, readFile } = { ...source, ...own };
  if (source.isOwn && source.isOfPullRequest && !allowHostAccess) {
    const stranger = refusalOfStranger(files, { readFile });
    if (stranger) return { ...judged, refusal: stranger };
  }
  const at = (portShift: number) => {
    const deployment = deploymentAt(files, { readFile }, portShift);
    if (!imageRegistry) return deployment;
    return fromRegistry(deployment, imageRegistry.address, imageRegistry.login !== undefined);
  };
  try {
    const { cluster } = at(environment === undefined ? 0 : 1);
    if (schemas.length > 0 && cluster.schemaRegistryUrl === undefined)
      throw new ActionError('input-invalid', 'schemas: what is deployed has no schema registry to take them');
    refuseDrillOfOne(cluster, smokeTest);
    if (cluster.brokers.length === 1) log.warning(ONE_BROKER);
    return { ...judged, deploymentAt: at, cluster };
  } catch (error) {
    return { ...judged, refusal: toActionError(error) };
  }
}
