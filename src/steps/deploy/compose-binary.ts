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
import { type InPlace, lookAtCompose, noteCompose } from './compose-note.ts';

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
  const wanted = async (context: Context, inPlace: () => Promise<InPlace>) => {
    const noted = async () => (await inPlace()).noted;
    resolved ??= await resolveDownload(context, source, architecture, noted);
    return resolved;
  };
  return {
    name: 'compose-binary',
    title: 'Docker Compose downloaded, checked and executable',
    guide: '3/4',
    needs,
    writes: COMPOSE_PLACES,
    async check(context) {
      const looking = lookAtCompose(context.host);
      const resolving = wanted(context, () => looking);
      resolving.catch(() => {});
      const found = await withChecksum(context.host, await looking);
      try {
        return await compare(context.host, await resolving, found);
      } catch (error) {
        if (!(error instanceof ActionError)) throw error;
        return unchecked(context, source, found, error);
      }
    },
    async apply(context) {
      const download = await wanted(context, () => lookAtCompose(context.host));
      await install(context, download);
      // What is published under a version stays as it is; who gives an address may put another file there.
      if (source.url === undefined) await noteCompose(context.host, download);
    },
  };
}

const versionsOf = (installed: string) => ({ 'Docker Compose': installed.replace(/^.*\s/, '') });

interface Found extends InPlace {
  /** Undefined when nothing is there. */
  readonly sha256: string | undefined;
}

/** @returns the same with its checksum: the noted one, or by reading the whole file */
const withChecksum = async (host: Host, found: InPlace): Promise<Found> => ({
  ...found,
  sha256: found.noted?.sha256 ?? (await checksumOf(host, COMPOSE_PATH)),
});

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

/** @returns what `docker-compose version` says, or undefined when it does not run */
async function installedVersion(host: Host): Promise<string | undefined> {
  const result = await host.run({ argv: [COMPOSE_PATH, 'version'], sudo: true, isLook: true });
  return result.exitCode === 0 ? result.stdout.trim() : undefined;
}

async function install({ host, log }: Context, { url, sha256 }: Download): Promise<void> {
  const temporary = `${COMPOSE_PATH}.download`;
  try {
    const { stranger, sha256: installed } = await withChecksum(host, await lookAtCompose(host));
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
