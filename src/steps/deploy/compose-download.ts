import type { ComposeBinary } from '../../config/deployment-inputs.ts';
import type { Context } from '../../context.ts';
import { ActionError, lastLines } from '../../errors.ts';
import type { Host } from '../../host/host.ts';
import { proxyHint } from './proxy-trouble.ts';

const RELEASES = 'https://github.com/docker/compose/releases';

/** One file to download and the checksum it must have. */
export interface Download {
  readonly url: string;
  readonly sha256: string;
}

const CURL = [
  ...['--fail', '--silent', '--show-error', '--location', '--connect-timeout', '15'],
  ...['--retry', '3', '--retry-connrefused', '--max-time', '600'],
] as const;

/**
 * The beginning of every download's command. What is asked for by https stays https, wherever it leads: curl itself follows
 * a redirect to http, where anybody on the way may change the file and the checksum it is held against.
 */
export function curlFor(url: string): [string, ...string[]] {
  const protocols = url.startsWith('https:') ? '=https' : '=http,https';
  return ['curl', ...CURL, '--proto', protocols, '--proto-redir', protocols];
}

/**
 * Finds out what is to be downloaded, and its checksum.
 * @param noted finds what was noted of an earlier download: its checksum is not asked for again
 * @throws ActionError `compose-download-failed`
 */
export async function resolveDownload(
  { host, log }: Context,
  source: ComposeBinary,
  architecture: string,
  noted: () => Promise<Download | undefined>,
): Promise<Download> {
  const url = source.url ?? (await releaseUrl(host, source.version, architecture));
  const known = source.sha256 ?? checksumIn(await noted(), url);
  const sha256 = known ?? (await publishedChecksum(host, url));
  log.debug(`Docker Compose: ${url}, SHA-256 ${sha256}`);
  return { url, sha256 };
}

const checksumIn = (noted: Download | undefined, url: string) =>
  noted?.url === url ? noted.sha256 : undefined;

/** Resolves `latest` to its version first, so that binary and checksum are of the same release. */
async function releaseUrl(host: Host, version: string, architecture: string): Promise<string> {
  const tag = version === 'latest' ? await latestVersion(host) : version;
  return `${RELEASES}/download/${tag}/docker-compose-linux-${architecture}`;
}

async function latestVersion(host: Host): Promise<string> {
  const url = `${RELEASES}/latest`;
  const result = await host.run({
    argv: [...curlFor(url), '--head', '--output', '/dev/null', '--write-out', '%{url_effective}', url],
    downloads: true,
  });
  if (result.exitCode !== 0) throw downloadFailed(url, result.stderr);
  const tag = /\/releases\/tag\/(v[^/\s]+)$/.exec(result.stdout.trim())?.[1];
  if (!tag) throw downloadFailed(url, `it leads to ${result.stdout.trim()}, which names no version`);
  return tag;
}

async function publishedChecksum(host: Host, url: string): Promise<string> {
  const result = await host.run({ argv: [...curlFor(url), `${url}.sha256`], downloads: true });
  if (result.exitCode !== 0) {
    await refuseMissing(host, url);
    const hint = 'Give the checksum in compose-sha256 if none is published beside the file.';
    throw downloadFailed(`${url}.sha256`, result.stderr, hint);
  }
  const sha256 = /^([0-9a-f]{64})\b/i.exec(result.stdout.trim())?.[1];
  if (!sha256) throw downloadFailed(`${url}.sha256`, 'it holds no SHA-256 checksum');
  return sha256.toLowerCase();
}

/** @throws ActionError when the file itself is not there: then it is not its checksum that is missing */
async function refuseMissing(host: Host, url: string): Promise<void> {
  const { exitCode, stderr } = await host.run({
    argv: [...curlFor(url), '--head', '--output', '/dev/null', url],
    downloads: true,
  });
  // curl(1): 22 is an answer of 400 and above.
  if (exitCode !== 22) return;
  const hint = url.startsWith(RELEASES)
    ? `Check compose-version: the versions there are, with the processors they are for, are at ${RELEASES}`
    : 'Check compose-url.';
  throw downloadFailed(url, stderr, hint);
}

/** curl's words for a redirect to a protocol that it may not follow, such as http after https. */
const LEFT_HTTPS = /protocol "?(\w+)"? (?:is )?(?:not supported|disabled)/i;

/** @param stderr what curl said, or another reason */
export function downloadFailed(url: string, stderr: string, hint?: string): ActionError {
  const protocol = LEFT_HTTPS.exec(stderr)?.[1];
  if (protocol !== undefined) {
    return new ActionError(
      'compose-download-failed',
      `${url} leads to an address of ${protocol}, which is not followed: anybody on the way could change what comes from there`,
      {
        details: lastLines(stderr, 5),
        hint: 'Give an address that stays with https in compose-url, and look at who redirects: curl -sIL URL',
      },
    );
  }
  return new ActionError('compose-download-failed', `${url} could not be downloaded: ${reasonIn(stderr)}`, {
    details: lastLines(stderr, 5),
    hint: proxyHint(stderr) ?? hint,
  });
}

/** curl tells what is wrong as `curl: (60) …`; advice in general may follow, warnings of each try go before. */
function reasonIn(stderr: string): string {
  const own = stderr.split('\n').findLast(line => line.startsWith('curl: ('));
  return own?.trim() ?? lastLines(stderr, 1).join('');
}
