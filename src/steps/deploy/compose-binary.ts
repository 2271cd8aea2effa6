import { dirname } from 'node:path/posix';
import type { ComposeBinary } from '../../config/deployment-inputs.ts';
import type { Context } from '../../context.ts';
import { ActionError, lastLines } from '../../errors.ts';
import type { Host } from '../../host/host.ts';
import { mustRun } from '../../host/must-run.ts';
import { COMPOSE_PATH } from '../../machine/compose-project.ts';
import { diskTrouble } from '../../machine/troubles/full-disk.ts';
import { type CheckResult, notYet, type Step, type StepName, satisfied } from '../step.ts';
import { curlFor, type Download, downloadFailed, resolveDownload } from './compose-download.ts';

/**
 * Docker Compose at /usr/local/bin/docker-compose, by its published SHA-256: what is installed already is held against it
 * too, so that a truncated or changed binary is replaced. It runs as root, so nothing there is run before that, in a plan either.
 */
export function composeBinaryStep(
  source: ComposeBinary,
  architecture: string,
  needs: readonly StepName[] = ['machine'],
): Step {
  let resolved: Download | undefined;
  const wanted = async (context: Context) => {
    resolved ??= await resolveDownload(context, source, architecture);
    return resolved;
  };
  return {
    name: 'compose-binary',
    title: 'Docker Compose downloaded, checked and executable',
    guide: '3/4',
    needs,
    writes: COMPOSE_PLACES,
    async check(context) {
      const looking = look(context.host);
      const resolving = wanted(context);
      resolving.catch(() => {});
      const found = await looking;
      try {
        return await compare(context.host, await resolving, found);
      } catch (error) {
        if (!(error instanceof ActionError)) throw error;
        return unchecked(context, source, found, error);
      }
    },
    async apply(context) {
      const download = await wanted(context);
      await install(context, download);
    },
  };
}

const versionsOf = (installed: string) => ({ 'Docker Compose': installed.replace(/^.*\s/, '') });

/** What is in the place of the program. */
interface Found {
  /** Undefined when nothing is. */
  readonly sha256: string | undefined;
  /** Why it is not to be run, in words: a wrapper, a link, or a file that others than root can change. */
  readonly stranger: string | undefined;
}

async function look(host: Host): Promise<Found> {
  const [sha256, stranger] = await Promise.all([checksumOf(host, COMPOSE_PATH), strangerIn(host)]);
  return { sha256, stranger };
}

async function compare(host: Host, { url, sha256 }: Download, found: Found): Promise<CheckResult> {
  if (found.stranger !== undefined)
    return notYet(`${COMPOSE_PATH} is ${found.stranger}, not Docker Compose itself`);
  if (found.sha256 === undefined) return notYet(`${COMPOSE_PATH} is not there`);
  if (found.sha256 !== sha256) return notYet(`${COMPOSE_PATH} is another file than ${url}, by its SHA-256`);
  const installed = await installedVersion(host);
  if (installed === undefined) return notYet(`${COMPOSE_PATH} does not run`);
  return satisfied(`${installed}, SHA-256 as published`, versionsOf(installed));
}

/**
 * The release page may be down for a while; a working binary is better than a failed run, unless it is another version than asked
 * for, or one that others than root can have put there.
 * @throws ActionError the reason why there is nothing to check it by, when it cannot stay
 */
async function unchecked(
  { host, log }: Context,
  source: ComposeBinary,
  { sha256, stranger }: Found,
  error: ActionError,
): Promise<CheckResult> {
  if (sha256 === undefined) throw error;
  if (stranger !== undefined)
    throw error.with({ message: `${error.message}; what is installed is ${stranger}, and is not run` });
  const installed = await installedVersion(host);
  if (installed === undefined) throw error;
  const pinned = pinnedVersion(source);
  if (pinned !== undefined && bare(versionsOf(installed)['Docker Compose']) !== bare(pinned))
    throw error.with({ message: `${error.message}; what is installed is another version: ${installed}` });
  log.warning(`Docker Compose stays as it is (${installed}, SHA-256 ${sha256}), unchecked: ${error.message}`);
  return satisfied(`${installed}, not checked against its published checksum`, versionsOf(installed));
}

const bare = (version: string) => version.replace(/^v/, '');

/** The version that the inputs ask for; none when the latest, or a file of any version, does. */
function pinnedVersion({ url, version }: ComposeBinary): string | undefined {
  if (url !== undefined) return /\bv?\d+\.\d+\.\d+\b/.exec(url)?.[0];
  return version === 'latest' ? undefined : version;
}

/** Prints what stands where the program should be, when that is no program, or not root's alone. */
const WHAT_IS_THERE = `
others() { stat -c '%u %A %U' -- "$1" | sed -nE '/^0 .....-..-/d; s/^0 (\\S+) .*/others may write to (\\1)/p; s/^[0-9]+ \\S+ (.*)/belongs to \\1/p'; }
if [ -L "$1" ]; then echo "a link to $(readlink -- "$1")"
elif [ -d "$1" ]; then echo 'a folder'
elif [ -e "$1" ] && [ ! -f "$1" ]; then echo 'no file'
elif [ -s "$1" ] && [ "$(head -c 2 -- "$1" | tr -d '\\0')" = '#!' ]; then echo "a script ($(head -n 1 -- "$1" | cut -c1-60))"
elif [ -e "$1" ]; then
  owner=$(others "$1") folder=$(others "\${1%/*}")
  if [ -n "$owner" ]; then echo "a file that $owner"
  elif [ -n "$folder" ]; then echo "in a folder that $folder"
  fi
fi`;

/** @returns in words what somebody may have put in the program's place; undefined for root's own program, or for nothing */
async function strangerIn(host: Host): Promise<string | undefined> {
  const { stdout } = await host.run({
    argv: ['sh', '-c', WHAT_IS_THERE, 'sh', COMPOSE_PATH],
    sudo: true,
  });
  return lastLines(stdout, 1)[0]?.trim().slice(0, 200);
}

/** @returns what `docker-compose version` says, or undefined when it does not run */
async function installedVersion(host: Host): Promise<string | undefined> {
  const result = await host.run({ argv: [COMPOSE_PATH, 'version'], sudo: true });
  return result.exitCode === 0 ? result.stdout.trim() : undefined;
}

async function install({ host, log }: Context, { url, sha256 }: Download): Promise<void> {
  const temporary = `${COMPOSE_PATH}.download`;
  try {
    const { stranger, sha256: installed } = await look(host);
    if (stranger !== undefined || installed !== sha256) {
      log.info(`curl ${url}`);
      const curl = [...curlFor(url), '--output', temporary, url];
      const result = await host.run({
        argv: ['sh', '-c', DOWNLOAD, temporary, ...curl],
        sudo: true,
        downloads: true,
      });
      if (result.exitCode !== 0) {
        const failure = downloadFailed(url, result.stderr);
        // As long as what came is still there: without it the disk has room again.
        throw (await diskTrouble(host, failure, COMPOSE_PLACES)) ?? failure;
      }
      const found = await checksumOf(host, temporary);
      if (found === undefined) throw downloadFailed(url, `${temporary} cannot be read after the download`);
      if (found !== sha256) {
        throw new ActionError(
          'compose-checksum-mismatch',
          `${url} has SHA-256 ${found}, but ${sha256} is published for it`,
        );
      }
      log.info(`SHA-256 ${sha256}: as published`);
      if (stranger !== undefined) {
        log.warning(
          `${COMPOSE_PATH} was ${stranger}, not Docker Compose itself: it is replaced, and kept as ${COMPOSE_PATH}.replaced`,
        );
        const keep = ['mv', '-T', '--backup=numbered', COMPOSE_PATH, `${COMPOSE_PATH}.replaced`] as const;
        await mustRun(host, { argv: keep, sudo: true });
      }
      await mustRun(host, { argv: ['mv', '-fT', temporary, COMPOSE_PATH], sudo: true });
    }
    await mustRun(host, { argv: ['chmod', '755', COMPOSE_PATH], sudo: true });
    const version = await host.run({ argv: [COMPOSE_PATH, 'version'], sudo: true });
    if (version.exitCode !== 0) {
      throw new ActionError('compose-not-working', `${COMPOSE_PATH} does not run`, {
        details: lastLines(version.stderr),
      });
    }
  } finally {
    await host.run({ argv: ['rm', '-f', temporary], sudo: true, isUndo: true });
  }
}

const COMPOSE_PLACES = { paths: [dirname(COMPOSE_PATH)] };

/** Removes the part of the file when a download is stopped: curl would leave it. */
const DOWNLOAD = `mkdir -p -- "$(dirname -- "$0")"; trap 'kill $!; rm -f -- "$0"; exit 143' TERM; "$@" & wait $!`;

async function checksumOf(host: Host, path: string): Promise<string | undefined> {
  // As root, who calls it: on a hardened machine others may not read what is in its folder.
  const result = await host.run({ argv: ['sha256sum', '--', path], sudo: true });
  return result.exitCode === 0 ? result.stdout.slice(0, 64) : undefined;
}
