import { dirname } from 'node:path/posix';
import type { ComposeBinary } from '../../config/deployment-inputs.ts';
import type { Context } from '../../context.ts';
import { ActionError, lastLines } from '../../errors.ts';
import type { Host } from '../../host/host.ts';
import { mustRun } from '../../host/must-run.ts';
import { COMPOSE_PATH } from '../../machine/compose-project.ts';
import { diskTrouble } from '../../machine/troubles/full-disk.ts';
import { type CheckResult, notYet, type Step, satisfied } from '../step.ts';
import { curlFor, type Download, downloadFailed, resolveDownload } from './compose-download.ts';

/**
 * Docker Compose at /usr/local/bin/docker-compose, by its published SHA-256: what is installed already is held against it
 * too, so that a truncated or changed binary is replaced.
 */
export function composeBinaryStep(source: ComposeBinary, architecture: string): Step {
  let resolved: Download | undefined;
  const wanted = async (context: Context) => {
    resolved ??= await resolveDownload(context, source, architecture);
    return resolved;
  };
  return {
    name: 'compose-binary',
    title: 'Docker Compose downloaded, checked and executable',
    guide: '3/4',
    needs: ['machine'],
    writes: COMPOSE_PLACES,
    async check(context) {
      const installed = await installedVersion(context.host);
      try {
        return await compare(context.host, await wanted(context), installed);
      } catch (error) {
        if (!(error instanceof ActionError)) throw error;
        return unchecked(context, source, installed, error);
      }
    },
    async apply(context) {
      const download = await wanted(context);
      await install(context, download);
    },
  };
}

const versionsOf = (installed: string) => ({ 'Docker Compose': installed.replace(/^.*\s/, '') });

async function compare(
  host: Host,
  { url, sha256 }: Download,
  installed: string | undefined,
): Promise<CheckResult> {
  if ((await checksumOf(host, COMPOSE_PATH)) === sha256) {
    if (installed === undefined) return notYet(`${COMPOSE_PATH} does not run`);
    return satisfied(`${installed}, SHA-256 as published`, versionsOf(installed));
  }
  const other = await whatIsNoProgram(host);
  if (other !== undefined) return notYet(`${COMPOSE_PATH} is ${other}, not Docker Compose itself`);
  return notYet(installed ? `${installed} is installed, not ${url}` : `${COMPOSE_PATH} is not there`);
}

/**
 * The release page may be down for a while; a working binary is better than a failed run, unless it is another version than asked for.
 * @throws ActionError the reason why there is nothing to check it by, when it cannot stay
 */
function unchecked(
  { log }: Context,
  source: ComposeBinary,
  installed: string | undefined,
  error: ActionError,
): CheckResult {
  if (installed === undefined) throw error;
  const pinned = pinnedVersion(source);
  if (pinned !== undefined && bare(versionsOf(installed)['Docker Compose']) !== bare(pinned))
    throw error.with({ message: `${error.message}; what is installed is another version: ${installed}` });
  log.warning(`Docker Compose stays as it is (${installed}), unchecked: ${error.message}`);
  return satisfied(`${installed}, not checked against its published checksum`, versionsOf(installed));
}

const bare = (version: string) => version.replace(/^v/, '');

/** The version that the inputs ask for; none when the latest, or a file of any version, does. */
function pinnedVersion({ url, version }: ComposeBinary): string | undefined {
  if (url !== undefined) return /\bv?\d+\.\d+\.\d+\b/.exec(url)?.[0];
  return version === 'latest' ? undefined : version;
}

/** Prints what stands where the program should be, when that is no program. */
const WHAT_IS_THERE = `
if [ -L "$1" ]; then echo "a link to $(readlink -- "$1")"
elif [ -d "$1" ]; then echo 'a folder'
elif [ -s "$1" ] && [ "$(head -c 2 -- "$1")" = '#!' ]; then echo "a script ($(head -n 1 -- "$1" | cut -c1-60))"
fi`;

/** @returns in words what somebody put in the program's place: a wrapper, or a link; undefined for a program, or for nothing */
async function whatIsNoProgram(host: Host): Promise<string | undefined> {
  const { stdout } = await host.run({ argv: ['sh', '-c', WHAT_IS_THERE, 'sh', COMPOSE_PATH] });
  return stdout.trim() || undefined;
}

/** @returns what `docker-compose version` says, or undefined when it does not run */
async function installedVersion(host: Host): Promise<string | undefined> {
  const result = await host.run({ argv: [COMPOSE_PATH, 'version'], sudo: true });
  return result.exitCode === 0 ? result.stdout.trim() : undefined;
}

async function install({ host, log }: Context, { url, sha256 }: Download): Promise<void> {
  const temporary = `${COMPOSE_PATH}.download`;
  try {
    if ((await checksumOf(host, COMPOSE_PATH)) !== sha256) {
      log.info(`curl ${url}`);
      const curl = [...curlFor(url), '--output', temporary, url];
      const result = await host.run({ argv: ['sh', '-c', DOWNLOAD, temporary, ...curl], sudo: true });
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
      const other = await whatIsNoProgram(host);
      if (other !== undefined) {
        log.warning(
          `${COMPOSE_PATH} was ${other}, not Docker Compose itself: it is replaced, and kept as ${COMPOSE_PATH}.replaced`,
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
