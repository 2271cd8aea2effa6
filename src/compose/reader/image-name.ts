/**
 * The parts of an image's name: `registry:5000/team/name:tag@sha256:…`. A tag stands behind the last slash.
 * Source: https://docs.docker.com/reference/cli/docker/image/tag/#description
 */
export function imageParts(text: string): { name: string; tag?: string; digest?: string } {
  const [named = '', digest] = text.split('@', 2);
  const colon = named.lastIndexOf(':');
  if (colon <= named.lastIndexOf('/')) return { name: named, digest };
  return { name: named.slice(0, colon), tag: named.slice(colon + 1), digest };
}

export const DOCKER_HUB = 'docker.io';
/** The names of Docker Hub, as the first part of an image's name. */
const HUB_HOSTS: ReadonlySet<string> = new Set([
  DOCKER_HUB,
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
]);

/** True for a registry's host that is a name of Docker Hub. */
export const isHubHost = (host: string): boolean => HUB_HOSTS.has(host);

/**
 * The registry's host that a name begins with, and what follows it. The rule is Docker's: what stands before the first slash is a host
 * when it has a dot, a colon or a capital letter, or is `localhost`.
 * Source: https://pkg.go.dev/github.com/distribution/reference#ParseNormalizedNamed
 */
export function splitHost(name: string): { readonly host?: string; readonly path: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isHost = /[.:A-Z]/.test(first) || first === 'localhost';
  return isHost ? { host: first, path: name.slice(slash + 1) } : { path: name };
}

/** The host of an image's registry and the path there: an image of Docker Hub without an owner is one of `library`. */
export function imagePlace(image: string): { readonly host: string; readonly path: string } {
  const { host, path } = splitHost(image);
  if (host !== undefined && !isHubHost(host)) return { host, path };
  return { host: DOCKER_HUB, path: path.includes('/') ? path : `library/${path}` };
}
