import type { Step } from '../step.ts';
import { drainStep } from './drain.ts';
import { idsOf, type LeavingNode } from './leaving-node.ts';
import type { ClusterNode } from './node.ts';
import { sideBySide } from './side-by-side.ts';
import { unregisterStep } from './unregister.ts';

interface LeaveOptions {
  /** Those that stay. */
  readonly nodes: readonly ClusterNode[];
  readonly leaving: readonly LeavingNode[];
  /** Bytes a second that a broker sends, or takes, of what is copied. */
  readonly throttle: number;
  /** How long replicas may take to be in sync before anything is moved. */
  readonly timeoutMs: number;
}

/** What is taken down of a node while the cluster still has it in its books. The rest tells a later run which node the machine is. */
const BEFORE: ReadonlySet<Step['name']> = new Set(['containers', 'networks']);

/**
 * How brokers leave: first all partitions move to the others, then the nodes stop and are taken down, then the cluster forgets
 * them. In this order nothing is ever stored fewer times than before, and each step finds out by itself how far an earlier run had come.
 */
export function leaveSteps({ nodes, leaving, throttle, timeoutMs }: LeaveOptions): Step[] {
  const ids = idsOf(leaving);
  const isMember = ids.length > 0;
  const down = sideBySide(leaving.map(each => each.down));
  const first = down.filter(({ name }) => BEFORE.has(name));
  const last = down.filter(({ name }) => !BEFORE.has(name));
  const after = (step: Step, name: Step['name']): Step =>
    isMember ? { ...step, needs: [...step.needs, name] } : step;
  return [
    ...(isMember ? [drainStep({ nodes, leaving: ids, throttle, timeoutMs })] : []),
    ...first.map(step => (step.name === 'containers' ? after(step, 'drain') : step)),
    ...(isMember
      ? [
          unregisterStep({
            ...{ nodes, leaving: ids },
            needs: first.length > 0 ? ['drain', 'containers'] : ['drain'],
          }),
        ]
      : []),
    ...last.map(step => after(step, 'unregister')),
  ];
}
