import { readNodeSettings } from '../compose/deployment/node-plan.ts';
import type { Host } from '../host/host.ts';
import { mustRun } from '../host/must-run.ts';
import type { Machine } from './facts.ts';

/** What a machine knows of the node that it has been, before anything of this run is there. */
export interface NodeData {
  readonly nodeId?: number;
  readonly clusterId?: string;
  /** How many controllers its settings name. */
  readonly controllers?: number;
  /** The rack that its settings name. */
  readonly formerRack?: string;
  /** There is data of the node, and not only settings. */
  readonly hasData?: boolean;
}

/** Longer than either file is. In bytes. */
const MOST_BYTES = 65_536;

/**
 * `sh -c LOOK sh ENV_FILE VOLUME`: the settings, a line, and what the volume says of itself (Kafka's MetaPropertiesEnsemble).
 */
const LOOK = `
[ -f "$1" ] && head -c ${MOST_BYTES} -- "$1"
echo
echo '--- volume'
data=$(docker volume inspect --format '{{.Mountpoint}}' "$2" 2>/dev/null) || exit 0
for file in "$data/meta.properties" "$data"/*/meta.properties; do
  [ -f "$file" ] && head -c ${MOST_BYTES} -- "$file" && break
done
:`;

/**
 * Reads which node a machine is: by its data, which decide, or else by the settings of an earlier deployment.
 * @param directory of the project on the machine
 * @param volume its name for the Docker Engine
 */
export async function readNodeData(
  host: Host,
  { hasSudo }: Pick<Machine, 'hasSudo'>,
  { directory, volume }: { readonly directory: string; readonly volume: string },
): Promise<NodeData> {
  // Without sudo the machine is refused by the first step.
  if (!hasSudo) return {};
  const argv = ['sh', '-c', LOOK, 'sh', `${directory}/.env`, volume] as const;
  const { stdout } = await mustRun(host, { argv, sudo: true, isLook: true });
  const [settings = '', data = ''] = stdout.split('--- volume\n');
  const { nodeId, clusterId, ...others } = readNodeSettings(settings);
  const set = nodeId === undefined ? {} : { nodeId, clusterId };
  const stored = readMetaProperties(data);
  return { ...(stored ? { ...stored, hasData: true } : set), ...others };
}

function readMetaProperties(text: string): NodeData | undefined {
  const nodeId = /^node\.id=([1-9]\d{0,8})$/m.exec(text)?.[1];
  const clusterId = /^cluster\.id=([\w-]{22})$/m.exec(text)?.[1];
  if (nodeId === undefined || clusterId === undefined) return undefined;
  return { nodeId: Number(nodeId), clusterId };
}
