import type { Context } from '../../context.ts';
import { ActionError } from '../../errors.ts';
import { type Restarts, rebootingPackages, wantedRestarts } from '../../machine/reboot.ts';
import { compareReleases, newestRelease, type Releases, releasesOf } from '../../machine/release.ts';
import { type CheckResult, notYet, type Step, type StepName, satisfied } from '../step.ts';
import { askYum, PACKAGE_PLACES, yum } from './yum.ts';

/** One package that yum would update. */
interface Update {
  readonly name: string;
  readonly version: string;
}

/** What a plan names of a long list. */
const MOST_TOLD = 30;

/**
 * `yum update -y`. It stays within the release of Amazon Linux that the machine is locked to, and says so, unless another
 * release is asked for.
 * @param release `latest`, or a release such as `2023.10.20260202`; undefined to stay
 */
export function systemUpdateStep(release?: string, needs: readonly StepName[] = ['machine']): Step {
  const options = release === undefined ? [] : [`--releasever=${release}`];
  let updated = false;
  let newer: string | undefined;
  let updates: readonly Update[] = [];
  return {
    name: 'system-update',
    title: 'System packages up to date',
    guide: '2/4.1',
    needs,
    writes: PACKAGE_PLACES,
    async check(context) {
      // They need nothing of yum's answer, which takes longest.
      const asking = releasesOf(context.host);
      asking.catch(() => {});
      const wanted = wantedRestarts(context.host);
      wanted.catch(() => {});
      // yum(8), check-update: 100 when there are updates, 0 when there are none.
      const asked = { purpose: 'looking for updates', answers: [0, 100], isQuiet: true };
      const { exitCode, stdout, stderr } = await ofRelease(release, () =>
        yum(context, [...options, 'check-update'], asked),
      );
      const releases = await asking;
      updates = exitCode === 0 ? [] : listed(stdout);
      if (release === undefined && releases && !updated) newer = await newerThan(releases, context, stderr);
      const where = release === undefined ? within(releases, newer) : towards(release, releases, updates);
      if (exitCode === 0)
        return settled(context, `${updated ? 'up to date' : 'nothing to update'}${where}`, await wanted);
      // yum holds some updates back for a reason (excluded, broken dependencies), and says so.
      return updated
        ? settled(context, `updated${where}, ${updates.length} held back by yum`, await wanted)
        : notYet(`packages to update${where}: ${updates.length}`);
    },
    async foresee() {
      const told = updates.slice(0, MOST_TOLD).map(({ name, version }) => `${name} ${version}`);
      const more = updates.length - told.length;
      const reboot = rebootingPackages(updates.map(({ name }) => name));
      return [
        ...told,
        ...(more > 0 ? [`and ${more} more`] : []),
        ...(reboot.length > 0 ? [`a reboot will be wanted after it: ${reboot.join(', ')}`] : []),
      ];
    },
    async apply(context) {
      await yum(context, [...options, 'update', '-y'], { purpose: 'updating the system' });
      updated = true;
    },
  };
}

const listed = (stdout: string): Update[] =>
  [...stdout.matchAll(/^(\S+)\.\w+[ \t]+(\S+)[ \t]+\S+[ \t]*$/gm)].map(([, name = '', version = '']) => ({
    name,
    version,
  }));

/** @param warned what yum's plug-in has said by itself, as long as it is on; in its list 2023.10 may come before 2023.9 */
async function newerThan(
  { installed, locked }: Releases,
  { host, log }: Context,
  warned: string,
): Promise<string | undefined> {
  const newer =
    newestRelease(warned, installed) ??
    newestRelease(await askYum(host, ['check-release-update']), installed);
  if (newer !== undefined)
    log.info(
      `Amazon Linux ${newer} is there, and yum update stays within ${locked}; to take it: release: ${newer}, or a newer image`,
    );
  return newer;
}

/** Where yum looked for updates, and the newer release that it passed over. */
function within(releases: Releases | undefined, newer: string | undefined): string {
  if (releases === undefined) return '';
  return ` within ${releases.locked}${newer === undefined ? '' : `; ${newer} is there`}`;
}

/** The release that is asked for, and where the machine is. */
function towards(release: string, releases: Releases | undefined, updates: readonly Update[]): string {
  const wanted =
    release === 'latest' ? updates.find(({ name }) => name === 'system-release')?.version : release;
  const name = (wanted ?? release).split('-', 1)[0] ?? release;
  if (releases === undefined) return ` in release ${name}`;
  const { installed } = releases;
  if (wanted !== undefined && compareReleases(installed, name) > 0)
    return ` in release ${name}: the machine is at ${installed}, which is newer, and yum takes nothing back`;
  return installed === name || wanted === undefined
    ? ` in release ${installed}`
    : ` from release ${installed} to ${name}`;
}

/** Nothing is started anew here: whoever uses the machine decides when. */
function settled({ log }: Context, detail: string, { reboot, engine }: Restarts): CheckResult {
  if (engine.length > 0)
    log.warning(
      `the Docker Engine wants a restart, which is left to you; installed after its start: ${engine.join(', ')}. Its containers stop meanwhile: sudo systemctl restart docker`,
    );
  if (reboot.length === 0) return satisfied(detail);
  log.warning(
    `the machine wants a reboot, which is left to you; installed after its start: ${reboot.join(', ')}. Containers with a restart policy come up again by themselves: sudo reboot`,
  );
  return satisfied(`${detail}; a reboot is wanted`);
}

/** A release that does not exist has no repository, which yum cannot tell from one that is out of reach. */
async function ofRelease<T>(release: string | undefined, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const isMissing =
      release !== undefined &&
      error instanceof ActionError &&
      /status code: 40[34]|returned error: 40[34]/i.test(`${error.message}\n${error.details.join('\n')}`);
    if (!isMissing) throw error;
    throw error.with({
      message: `there is no repository for release ${release}: ${error.message}`,
      hint: 'Give a release that there is, or nothing, in release. Those newer than the machine: sudo dnf check-release-update',
    });
  }
}
