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
