import type { Host } from '../host/host.ts';
import { mustRun } from '../host/must-run.ts';

/**
 * A volume that Docker named itself, because the image asks for one and the compose file names none: the next container gets a
 * new one.
 */
export interface AnonymousVolume {
  readonly volume: string;
  readonly container: string;
  /** In the container. */
  readonly path: string;
  readonly hasData: boolean;
  /** Each of Confluent's images has such a one for secrets. Of a volume that cannot be looked at neither is known. */
  readonly isEmpty: boolean;
}

const ROW = '{{printf "%s\\t%s\\t%s\\t%s\\n" $.Name .Name .Destination .Source}}';
const FORMAT = `{{range .Mounts}}{{if eq .Type "volume"}}${ROW}{{end}}{{end}}`;

/** @param containers names of those that are asked about; they must be there */
export async function anonymousVolumesOf(
  host: Host,
  containers: readonly string[],
): Promise<AnonymousVolume[]> {
  if (containers.length === 0) return [];
  const argv = ['docker', 'inspect', '--format', FORMAT, ...containers] as const;
  const { stdout } = await mustRun(host, { argv, sudo: true });
  const volumes = stdout.split('\n').flatMap(line => {
    const [container = '', volume = '', path = '', source = ''] = line.split('\t');
    return /^[0-9a-f]{64}$/.test(volume)
      ? [{ volume, container: container.replace('/', ''), path, source }]
      : [];
  });
  if (volumes.length === 0) return [];
  // find prints the folder once for each entry. It fails when a folder has just gone, which does not matter.
  const sources = volumes.map(({ source }) => source);
  const found = await host.run({
    argv: ['find', ...sources, '-mindepth', '1', '-maxdepth', '1', '-printf', '%h\\n'],
    sudo: true,
  });
  const filled = new Set(found.stdout.split('\n'));
  return volumes.map(({ source, ...volume }) => ({
    ...volume,
    hasData: filled.has(source),
    isEmpty: !filled.has(source) && found.exitCode === 0,
  }));
}

/**
 * Removes volumes in which there is nothing, once their containers are gone: they would pile up with every deployment. One that is in
 * use stays.
 */
export async function removeEmpty(host: Host, volumes: readonly AnonymousVolume[]): Promise<void> {
  const empty = volumes.filter(({ isEmpty }) => isEmpty).map(({ volume }) => volume);
  if (empty.length > 0) await host.run({ argv: ['docker', 'volume', 'rm', ...empty], sudo: true });
}
