import type { Host } from '../host/host.ts';

/** The form of a release of Amazon Linux 2023, which its image, its repositories and `system-release` have. */
const RELEASE = /\b2023\.\d{1,4}\.\d{8}\b/g;

/** The releases of a machine. */
export interface Releases {
  /** The version of the package `system-release`. */
  readonly installed: string;
  /** The release whose repository yum reads: the installed one, unless somebody has set another for good. */
  readonly locked: string;
}

/** Amazon's user guide, "Deterministic upgrades through versioned repositories": the variable goes before the package. */
const ASK = `
rpm -q --queryformat 'installed=%{VERSION}\\n' system-release
echo "locked=$(cat /etc/dnf/vars/releasever 2>/dev/null)"`;

/** Asks the machine for its releases. @returns undefined where it has no package `system-release` */
export async function releasesOf(host: Host): Promise<Releases | undefined> {
  const { stdout } = await host.run({ argv: ['sh', '-c', ASK], isLook: true });
  const fact = (name: string) => new RegExp(`^${name}=(\\S+)$`, 'm').exec(stdout)?.[1];
  const installed = fact('installed');
  return installed === undefined ? undefined : { installed, locked: fact('locked') ?? installed };
}

/** @returns below 0 when the first release is the older one; by its numbers, for 2023.10 comes after 2023.9 */
export function compareReleases(one: string, other: string): number {
  const numbers = (release: string) => release.split('.').map(Number);
  const [left, right] = [numbers(one), numbers(other)];
  return left.map((number, index) => number - (right[index] ?? 0)).find(difference => difference !== 0) ?? 0;
}

/**
 * The newest release in what yum says.
 * @returns undefined when it names none that is newer than the machine's; its own is named, too, now and then
 */
export function newestRelease(said: string, installed: string): string | undefined {
  const newer = (said.match(RELEASE) ?? []).filter(each => compareReleases(each, installed) > 0);
  return newer.toSorted(compareReleases).at(-1);
}
