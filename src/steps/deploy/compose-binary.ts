import type { ComposeBinary } from '../../config/deployment-inputs.ts';
import type { Context } from '../../context.ts';
import { ActionError, lastLines } from '../../errors.ts';
import type { Host } from '../../host/host.ts';
import { mustRun } from '../../host/must-run.ts';
import { COMPOSE_PATH } from '../../machine/compose-project.ts';
import { notYet, type Step, satisfied } from '../step.ts';

const RELEASES = 'https://github.com/docker/compose/releases';

/** One file to download and the checksum it must have. */
interface Download {
  readonly url: string;
  readonly sha256: string;
}

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
    async check(context) {
      const installed = await installedVersion(context.host);
      let download: Download;
      try {
        download = await wanted(context);
      } catch (error) {
        // The release page may be down for a while; a working binary is better than a failed run.
        if (installed === undefined || !(error instanceof ActionError)) throw error;
        context.log.warning(`Docker Compose stays as it is (${installed}), unchecked: ${error.message}`);
        return satisfied(`${installed}, not checked against its published checksum`, versionsOf(installed));
      }
      if ((await checksumOf(context.host, COMPOSE_PATH)) !== download.sha256) {
        return notYet(
          installed ? `${installed} is installed, not ${download.url}` : `${COMPOSE_PATH} is not there`,
        );
      }
      if (installed === undefined) return notYet(`${COMPOSE_PATH} does not run`);
      return satisfied(`${installed}, SHA-256 as published`, versionsOf(installed));
    },
    async apply(context) {
      const download = await wanted(context);
      await install(context, download);
    },
  };
}

const versionsOf = (installed: string) => ({ 'Docker Compose': installed.replace(/^.*\s/, '') });

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
      const curl = ['curl', ...CURL, '--output', temporary, url];
      const result = await host.run({ argv: ['sh', '-c', DOWNLOAD, temporary, ...curl], sudo: true });
      if (result.exitCode !== 0) throw downloadFailed(url, result.stderr);
      const found = await checksumOf(host, temporary);
      if (found === undefined) throw downloadFailed(url, `${temporary} cannot be read after the download`);
      if (found !== sha256) {
        throw new ActionError(
          'compose-checksum-mismatch',
          `${url} has SHA-256 ${found}, but ${sha256} is published for it`,
        );
      }
      log.info(`SHA-256 ${sha256}: as published`);
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

/** Removes the part of the file when a download is stopped: curl would leave it. */
const DOWNLOAD = `trap 'kill $!; rm -f -- "$0"; exit 143' TERM; "$@" & wait $!`;
const CURL = [
  ...['--fail', '--silent', '--show-error', '--location', '--connect-timeout', '15'],
  ...['--retry', '3', '--retry-connrefused', '--max-time', '600'],
] as const;

async function resolveDownload(
  { host, log }: Context,
  source: ComposeBinary,
  architecture: string,
): Promise<Download> {
  const url = source.url ?? (await releaseUrl(host, source.version, architecture));
  const sha256 = source.sha256 ?? (await publishedChecksum(host, url));
  log.debug(`Docker Compose: ${url}, SHA-256 ${sha256}`);
  return { url, sha256 };
}

/** Resolves `latest` to its version first, so that binary and checksum are of the same release. */
async function releaseUrl(host: Host, version: string, architecture: string): Promise<string> {
  const tag = version === 'latest' ? await latestVersion(host) : version;
  return `${RELEASES}/download/${tag}/docker-compose-linux-${architecture}`;
}

async function latestVersion(host: Host): Promise<string> {
  const url = `${RELEASES}/latest`;
  const result = await host.run({
    argv: ['curl', ...CURL, '--head', '--output', '/dev/null', '--write-out', '%{url_effective}', url],
  });
  if (result.exitCode !== 0) throw downloadFailed(url, result.stderr);
  const tag = /\/releases\/tag\/(v[^/\s]+)$/.exec(result.stdout.trim())?.[1];
  if (!tag) throw downloadFailed(url, `it leads to ${result.stdout.trim()}, which names no version`);
  return tag;
}

async function publishedChecksum(host: Host, url: string): Promise<string> {
  const result = await host.run({ argv: ['curl', ...CURL, `${url}.sha256`] });
  if (result.exitCode !== 0) {
    throw downloadFailed(
      `${url}.sha256`,
      result.stderr,
      'Give the checksum in compose-sha256 if none is published beside the file.',
    );
  }
  const sha256 = /^([0-9a-f]{64})\b/i.exec(result.stdout.trim())?.[1];
  if (!sha256) throw downloadFailed(`${url}.sha256`, 'it holds no SHA-256 checksum');
  return sha256.toLowerCase();
}

function downloadFailed(url: string, stderr: string, hint?: string): ActionError {
  return new ActionError(
    'compose-download-failed',
    `${url} could not be downloaded: ${lastLines(stderr, 1).join('')}`,
    { details: lastLines(stderr, 5), hint },
  );
}

async function checksumOf(host: Host, path: string): Promise<string | undefined> {
  // As root, who calls it: on a hardened machine others may not read what is in its folder.
  const result = await host.run({ argv: ['sha256sum', '--', path], sudo: true });
  return result.exitCode === 0 ? result.stdout.slice(0, 64) : undefined;
}
