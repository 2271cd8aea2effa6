import type { Context } from '../../context.ts';
import { ENTER, GONE } from '../../host/real-folder.ts';
import { withLabel } from '../../machine/docker-labels.ts';
import { runCompose } from '../deploy/run-compose.ts';
import { notYet, type Step, satisfied } from '../step.ts';
import { UNBELIEVED } from './certificates.ts';
import type { ClusterNode } from './node.ts';
import { oneByOne } from './one-by-one.ts';
import { runOpenssl, script } from './openssl.ts';

/**
 * Says `stale=SERVICE` for each container that began before its certificate was made, and `together` when the one that it has is
 * not believed by nodes with a new one. `HOME FOLDER FILTER…`
 */
const LOOK = `${ENTER}
enter "$1" "$2" || exit $?
shift 2
made() { stat -c %Y "$1" 2>/dev/null || echo 0; }
for id in $(docker ps --quiet "$@"); do
  began=$(date -d "$(docker inspect --format '{{.State.StartedAt}}' "$id")" +%s)
  [ "$began" -lt "$(made node.pem)" ] || continue
  docker inspect --format 'stale={{index .Config.Labels "com.docker.compose.service"}}' "$id"
  [ "$began" -ge "$(made ${UNBELIEVED})" ] || echo together
done`;

interface Use {
  /** Services that have an older certificate than the machine. */
  readonly stale: readonly string[];
  /** Nodes with a new certificate do not believe theirs: then no node can go on while another is restarted. */
  readonly mustGoTogether: boolean;
}

interface CertificateUseOptions {
  readonly nodes: readonly ClusterNode[];
  readonly bootstrapServers: readonly string[];
  /** How long a node may take until every replica is in sync again. */
  readonly timeoutMs: number;
}

/**
 * Nodes read their certificate when they start, so that a new one is in use after a restart: one node after the other, the next one
 * when every replica is in sync again. Kafka can take a new one while it runs, but its controllers go on with the old one as
 * clients of each other.
 */
export function certificateUseStep({ nodes, bootstrapServers, timeoutMs }: CertificateUseOptions): Step {
  const find = () =>
    Promise.all(nodes.map(async node => ({ node, use: await lookAtUse(node) }))).then(found =>
      found.filter(({ use }) => use.stale.length > 0),
    );
  return {
    name: 'certificate-use',
    title: 'Certificates in use by every node',
    needs: ['rolling-change'],
    reads: ['stack', 'rolling-change', 'certificate'],
    async check() {
      const found = await find();
      if (found.length === 0) return satisfied('every node has started with the one that it has');
      const names = found.map(({ node }) => node.context.machine.name).join(', ');
      return notYet(`with a certificate of before: ${names}`);
    },
    async apply(context) {
      const found = await find();
      if (found.some(({ use }) => use.mustGoTogether)) {
        context.log.info(
          'the nodes do not believe the certificates of before any more: they are restarted together',
        );
        await Promise.all(found.map(({ node, use }) => restart(context, node, use.stale)));
        return;
      }
      const uses = new Map(found.map(({ node, use }) => [node, use]));
      await oneByOne(context, { nodes, bootstrapServers, timeoutMs, chosen: [...uses.keys()] }, node =>
        restart(context, node, uses.get(node)?.stale ?? []),
      );
    },
  };
}

/** The log is that of the step, whichever machine it works on. */
const restart = (
  { log }: Context,
  { context, project, plan }: ClusterNode,
  services: readonly string[],
): Promise<void> => {
  log.info(`node ${plan.nodeId} on ${context.machine.name}:`);
  return runCompose({ ...context, log }, project, ['restart', ...services]);
};

/** Which of a machine's containers are older than its certificate, and whether they can be restarted one by one. */
export async function lookAtUse({ context: { host }, facts, project }: ClusterNode): Promise<Use> {
  const folder = `${project.directory}/private/tls`;
  const argv = script(LOOK, facts.home, folder, ...withLabel('project', project.name));
  const { stdout } = await runOpenssl(host, { argv, sudo: true }, 'containers cannot be compared', [GONE]);
  return {
    stale: [...stdout.matchAll(/^stale=([\w.-]+)$/gm)].map(([, service = '']) => service),
    mustGoTogether: /^together$/m.test(stdout),
  };
}
