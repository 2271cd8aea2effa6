import type { DrillCase, DrillGroup, Scene } from '../support/drill-case.ts';

/** The registry's image is not there, nor is its container: it has to be pulled. */
const withoutImage = ({ root }: Scene) =>
  root(`docker ps -aq --filter label=com.docker.compose.service=schema-registry | xargs docker rm -f >/dev/null
    docker image ls -q "*/cp-schema-registry" | xargs docker image rm -f >/dev/null`);

const withoutCompose = ({ root }: Scene) => root('rm -f /usr/local/bin/docker-compose');

const nothingLeft = async ({ root }: Scene) => {
  const left = await root('ls /usr/local/bin');
  if (left !== '') throw new Error(`left in /usr/local/bin: ${left}`);
};

/** A fault of the depot, made just before the download that it spoils. */
function depotCase(
  fault: string,
  before: (scene: Scene) => Promise<unknown>,
  rest: Omit<DrillCase, 'name' | 'make' | 'mend'>,
): DrillCase {
  return {
    name: fault,
    make: async scene => {
      await before(scene);
      await scene.depot(fault);
    },
    mend: scene => scene.depot(),
    ...rest,
  };
}

export const DOWNLOADS: DrillGroup = {
  name: 'downloads',
  machine: 'deployed',
  cases: [
    depotCase('registry-429', withoutImage, {
      situation:
        'The image registry answers every request with 429, as Docker Hub does beyond its rate limit.',
      right: 'image-rate-limited; what to do about it',
      ends: { result: 'failed', code: 'image-rate-limited', says: [/rate limit/] },
    }),
    depotCase('registry-500', withoutImage, {
      situation: 'The image registry answers every request with 500.',
      right: 'image-pull-failed with the answer of the registry',
      ends: {
        result: 'failed',
        code: 'image-pull-failed',
        says: [/500/],
        neverSays: [/rate limit is not used up/],
      },
    }),
    depotCase('registry-cut', withoutImage, {
      situation: 'Every download from the image registry is cut after 4 MB.',
      right: 'image-pull-failed with the cut in words',
      // The engine tries each layer five times, with pauses of a minute in all, and the action three times.
      withinS: 300,
      ends: { result: 'failed', code: 'image-pull-failed', says: [/unexpected EOF|cut/] },
    }),
    {
      name: 'registry-cut-once',
      situation: 'The image registry fails for ten seconds in the middle of the pull, and works again.',
      right: 'passes: the pull is tried again',
      make: async scene => {
        await withoutImage(scene);
        await scene.depot('registry-500');
        setTimeout(() => scene.depot(), 10_000);
      },
      mend: scene => scene.depot(),
      withinS: 120,
      ends: { result: 'passed', says: [/trying again/] },
    },
    depotCase('compose-cut', withoutCompose, {
      situation: 'The download of Docker Compose is cut after 4 MB.',
      right: 'compose-download-failed with the cut in words; nothing is left of the file',
      ends: { result: 'failed', code: 'compose-download-failed' },
      also: nothingLeft,
    }),
    depotCase('compose-without-checksum', withoutCompose, {
      situation: 'No checksum is published beside Docker Compose.',
      right: 'compose-download-failed, which names the checksum and compose-sha256; nothing is installed',
      ends: { result: 'failed', code: 'compose-download-failed', says: [/\.sha256/, /compose-sha256/] },
      also: nothingLeft,
    }),
  ],
};
