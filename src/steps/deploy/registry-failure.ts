import { hostOf } from '../../compose/deployment/image-registry.ts';
import type { ImageRegistry } from '../../config/registry-inputs.ts';
import { ActionError, lastLines } from '../../errors.ts';

/** Docker's words for the login that it was asked for are those of a registry, and a warning of its own that says nothing here. */
const WARNING = /^WARNING!|credential-stores?|Configure a credential helper/i;

interface Failed {
  /** What Docker said. */
  readonly output: string;
  /** It was the login that failed, not the pull after it. */
  readonly atLogin: boolean;
}

/**
 * A failure of the registry that `image-registry` names, for what it is.
 * @returns undefined for what can happen at any registry, and is no matter of this input
 */
export function registryFailure(
  registry: ImageRegistry,
  { output, atLogin }: Failed,
): ActionError | undefined {
  const details = lastLines(output, 10).filter(line => !WARNING.test(line));
  const host = hostOf(registry.address);
  const find = (words: RegExp) => details.findLast(line => words.test(line));
  const said = (line: string) => line.replace(/^Error response from daemon: /, '').trim();
  const failed = (line: string, message: string, hint: string, retriable = false) =>
    new ActionError('image-pull-failed', `image-registry: ${message}: ${said(line)}`, {
      ...{ details, hint, retriable },
    });

  const certificate = find(/x509:|certificate signed by unknown authority/i);
  if (certificate !== undefined)
    return failed(
      certificate,
      `Docker does not trust the certificate of ${host}`,
      `Give Docker its authority, on the machine: sudo mkdir -p /etc/docker/certs.d/${host} && sudo cp ca.crt /etc/docker/certs.d/${host}/ca.crt`,
    );
  const plain = find(/server gave HTTP response to HTTPS client/i);
  if (plain !== undefined)
    return failed(
      plain,
      `${host} speaks http, and Docker wants https`,
      `Give the registry a certificate, or tell Docker on the machine that it has none: {"insecure-registries": ["${host}"]} in /etc/docker/daemon.json, then sudo systemctl restart docker`,
    );
  const silent = find(
    /connection refused|no such host|no route to host|network is unreachable|i\/o timeout|deadline exceeded|Client\.Timeout|connection reset|server misbehaving/i,
  );
  if (silent !== undefined)
    return failed(
      silent,
      `${host} does not answer`,
      `Look from the machine whether it is there: curl -sSi https://${host}/v2/ (any answer is one, 401 too)`,
      true,
    );
  if (atLogin) return loginRefused(registry, details, said);
  const unknown = find(
    /manifest unknown|manifest for .* not found|name unknown|repository does not exist|not found/i,
  );
  const denied = find(/unauthorized|authentication required|no basic auth credentials|denied|forbidden/i);
  if (denied !== undefined && !/repository does not exist/.test(denied))
    return pullDenied(registry, denied, failed);
  if (unknown !== undefined)
    return new ActionError('image-not-found', `image-registry: an image is not there: ${said(unknown)}`, {
      details,
      hint: `A mirror has what was copied to it, a pull-through cache needs the right path in image-registry (it is "${registry.address}"), and some registries say this to those who may not read. Try it on the machine: sudo docker pull IMAGE`,
    });
  return undefined;
}

function loginRefused(
  { address, login }: ImageRegistry,
  details: readonly string[],
  said: (line: string) => string,
): ActionError | undefined {
  const line = details.findLast(each => /unauthorized|incorrect|denied|forbidden|40[013]/i.test(each));
  if (line === undefined) return undefined;
  const host = hostOf(address);
  return new ActionError(
    'registry-login-refused',
    `registry-username and registry-password: ${host} refuses the login of "${login?.username ?? ''}": ${said(line)}`,
    { details },
  );
}

function pullDenied(
  { address, login }: ImageRegistry,
  line: string,
  failed: (line: string, message: string, hint: string) => ActionError,
): ActionError {
  const host = hostOf(address);
  if (login)
    return failed(
      line,
      `${host} lets "${login.username}" in, but not read an image`,
      `Give the user the right to read below ${address}. In Amazon ECR these are ecr:BatchGetImage and ecr:GetDownloadUrlForLayer; the first pull through a cache needs ecr:CreateRepository and ecr:BatchImportUpstreamImage, too.`,
    );
  return failed(line, `${host} wants a login`, 'Give registry-username and registry-password.');
}
