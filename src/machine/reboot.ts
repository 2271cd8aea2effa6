import type { Host } from '../host/host.ts';

/** Of these a new version takes effect at the next boot only (dnf-plugins-core, needs_restarting.py, NEED_REBOOT). */
const CORE =
  /^(?:kernel(?:\d+\.\d+)?|kernel-(?:core|rt)|glibc|linux-firmware|systemd|dbus|dbus-broker|dbus-daemon|microcode_ctl)$/;
const ENGINE = /^(?:docker|docker-ce|moby-engine)$/;

/**
 * Prints when the machine and its Docker Engine were started, and when each package was installed: what `dnf
 * needs-restarting -r` looks at, in some hundredths of its time, and also where it is not installed. Times are in seconds.
 */
const LOOK = `
started() { age=$(ps -o etimes= -p "$1" 2>/dev/null) && echo $(($(date +%s) - age)); }
echo "boot=$(started 1)"
engine=$(systemctl show --property MainPID --value docker 2>/dev/null)
[ "\${engine:-0}" = 0 ] || echo "engine=$(started "$engine")"
rpm -qa --queryformat 'package=%{INSTALLTIME} %{NAME} %{VERSION}-%{RELEASE}\\n'`;

/** What does not take effect before something is started anew, by package and version. */
export interface Restarts {
  /** Of the whole machine. */
  readonly reboot: readonly string[];
  /** Of the Docker Engine. */
  readonly engine: readonly string[];
}

/** Asks the machine what was installed after it, or its Docker Engine, was started. */
export async function wantedRestarts(host: Host): Promise<Restarts> {
  const { stdout } = await host.run({ argv: ['sh', '-c', LOOK], isLook: true });
  const startOf = (name: string) => Number(new RegExp(`^${name}=(\\d+)$`, 'm').exec(stdout)?.[1] ?? Infinity);
  const packages = [...stdout.matchAll(/^package=(\d+) (\S+) (\S+)$/gm)];
  const after = (start: number, names: RegExp) =>
    packages
      .filter(([, time, name]) => Number(time) > start && names.test(name ?? ''))
      .map(([, , name, version]) => `${name} ${version}`)
      .toSorted();
  return { reboot: after(startOf('boot'), CORE), engine: after(startOf('engine'), ENGINE) };
}

/** @returns those of the packages, by name, after whose update a reboot will be wanted */
export const rebootingPackages = (names: readonly string[]): string[] =>
  names.filter(name => CORE.test(name));
