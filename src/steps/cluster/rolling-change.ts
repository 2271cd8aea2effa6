import { findTextFiles } from '../../host/files.ts';
import { isRunning } from '../../machine/compose-project.ts';
import { changeInPlace } from '../deploy/stack.ts';
import { type Comparison, compare } from '../deploy/stack-comparison.ts';
import { notYet, type Step, satisfied } from '../step.ts';
import { lookAtUse } from './certificate-use.ts';
import { type ClusterNode, KAFKA_SERVICE } from './node.ts';
import { oneByOne } from './one-by-one.ts';

interface RollingChangeOptions {
  readonly nodes: readonly ClusterNode[];
  readonly bootstrapServers: readonly string[];
  /** How long a node may take until it is back, and again until every replica is in sync. */
  readonly timeoutMs: number;
}

/** A node that runs, of which something was made from another file: one that does not run may start at once, with the others. */
export const isRunningChanged = ({ containers, outdated }: Comparison): boolean =>
  outdated.length > 0 &&
  containers.some(container => container.service === KAFKA_SERVICE && isRunning(container));

/**
 * Another configuration or another image comes to nodes that run one after the other, so that the cluster goes on: the next one when
 * every replica is in sync again. The files and the images are on every machine before.
 */
export function rollingChangeStep({ nodes, bootstrapServers, timeoutMs }: RollingChangeOptions): Step {
  const find = async () => {
    const found = await Promise.all(nodes.map(async node => ({ node, why: await whyAnew(node) })));
    return found.filter(({ why }) => why !== '');
  };
  return {
    name: 'rolling-change',
    title: 'Changed nodes started anew, one after the other',
    needs: ['stack'],
    // Not the files and not the containers: a plan is to say which nodes would be started anew, and compares the files itself.
    reads: ['compose-binary'],
    async check() {
      const found = await find();
      if (found.length === 0) return satisfied('every node that runs was made from its files');
      return notYet(found.map(({ node, why }) => `${node.context.machine.name}: ${why}`).join('; '));
    },
    async foresee() {
      const found = await find();
      return found.map(
        ({ node: { plan, context } }) =>
          `node ${plan.nodeId} on ${context.machine.name} would be started anew, while the others run`,
      );
    },
    async apply(context) {
      const chosen = (await find()).map(({ node }) => node);
      const uses = await Promise.all(nodes.map(lookAtUse));
      const change = ({ context: { machine, host }, plan, project, deployment }: ClusterNode) => {
        context.log.info(`node ${plan.nodeId} on ${machine.name}:`);
        return changeInPlace({ ...context, host }, project, deployment.cluster.members);
      };
      if (uses.some(({ mustGoTogether }) => mustGoTogether)) {
        context.log.info('nodes with an old and a new certificate would not believe each other: all at once');
        await Promise.all(chosen.map(change));
        return;
      }
      await oneByOne(context, { nodes, chosen, bootstrapServers, timeoutMs }, change);
    },
  };
}

/** @returns why a node is to be started anew, or ''; one that does not run is left to the step `stack` */
async function whyAnew({ context: { host }, project, deployment }: ClusterNode): Promise<string> {
  const compared = await compare(host, project);
  if (isRunningChanged(compared)) return compared.differences.join(', ');
  const runs = compared.containers.some(each => each.service === KAFKA_SERVICE && isRunning(each));
  if (!runs) return '';
  const wanted = [...deployment.files];
  const paths = wanted.map(([path]) => `${project.directory}/${path}`);
  const longest = Math.max(...wanted.map(([, text]) => Buffer.byteLength(text)));
  // A byte more, which tells a file that goes on.
  const found = await findTextFiles(host, paths, longest + 1);
  const changed = wanted.flatMap(([path, text], index) => (found[index]?.text === text ? [] : [path]));
  return changed.length === 0 ? '' : `${changed.join(', ')} would become another version`;
}
