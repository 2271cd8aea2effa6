import type { Image } from '../../compose/kafka/images.ts';

/** Which start script an image of Bitnami's Kafka has: `old` asks whether plain text is allowed, `new` asks for a mode instead. */
export type BitnamiScript = 'old' | 'new';

/**
 * The first release of each version with the new script, as `3.4.1-debian-11-r50`. Versions before 3.2 never got it, and those from 3.6
 * on begin with it.
 * Source: "Notable Changes" in bitnami/kafka/README.md of bitnami/containers.
 */
const REWRITTEN: Readonly<Record<string, { readonly patch: number; readonly revision: number }>> = {
  '3.2': { patch: 3, revision: 161 },
  '3.3': { patch: 2, revision: 176 },
  '3.4': { patch: 1, revision: 50 },
  '3.5': { patch: 1, revision: 4 },
};

const TAG = /^(\d+)(?:\.(\d+))?(?:\.(\d+)(?:-\w+-\d+-r(\d+))?)?/;

/**
 * A tag without a revision holds the last one of its version, and one without a patch the last patch.
 * @returns undefined for a tag that does not say, and for a digest
 */
export function bitnamiScript({ tag, digest }: Image): BitnamiScript | undefined {
  const [, major, minor, patch, revision] = TAG.exec(tag?.text ?? '') ?? [];
  if (digest || major === undefined) return undefined;
  if (Number(major) < 3) return 'old';
  if (minor === undefined) return undefined;
  const first = REWRITTEN[`${major}.${minor}`];
  if (!first) return Number(major) === 3 && Number(minor) < 2 ? 'old' : 'new';
  if (patch === undefined || Number(patch) > first.patch) return 'new';
  if (Number(patch) < first.patch) return 'old';
  return revision !== undefined && Number(revision) < first.revision ? 'old' : 'new';
}
