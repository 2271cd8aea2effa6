import type { DrillCase, DrillGroup, Scene } from '../support/drill-case.ts';

const MIRROR = 'mirror.internal/docker-hub';
/** Of the lab's mirror (lab/depot/run). */
const LOGIN = { 'registry-username': 'puller', 'registry-password': 'Only 4% "pulling" $ & \\' };

/** The login of a run must not outlive it. */
const nothingLeft = async ({ root }: Scene) => {
  const left = await root(
    'ls /run | grep kafka-al2023-login; grep -rlF -e "4% \\"pulling" -e cHVsbGVyOk9ubHk /home /root /etc /tmp /run 2>/dev/null; true',
  );
  if (left.trim() !== '') throw new Error(`a login is left on the machine: ${left}`);
};

/** A deployment whose images come from a mirror with something wrong about it. */
function mirrorCase(
  inputs: Readonly<Record<string, string>>,
  rest: Omit<DrillCase, 'run' | 'ends'> & { readonly code: string; readonly says: readonly RegExp[] },
): DrillCase {
  const { code, says, ...more } = rest;
  return {
    ...more,
    run: ({ action }) => action(inputs),
    ends: { result: 'failed', code, says, neverSays: [/Only 4%/], outputs: { 'failed-step': 'images' } },
    also: nothingLeft,
  };
}

export const MIRROR_CASES: DrillGroup = {
  name: 'mirror',
  machine: 'deployed',
  cases: [
    mirrorCase(
      { 'image-registry': MIRROR, ...LOGIN, 'registry-password': 'not the one' },
      {
        name: 'mirror-password',
        situation: 'image-registry asks for a password, and the one given is wrong.',
        right: 'registry-login-refused, which names both inputs, at once',
        code: 'registry-login-refused',
        says: [/registry-username and registry-password: mirror\.internal refuses the login of "puller"/],
      },
    ),
    mirrorCase(
      { 'image-registry': MIRROR },
      {
        name: 'mirror-without-login',
        situation: 'image-registry asks for a password, and none is given.',
        right: 'image-pull-failed, which asks for the two inputs',
        code: 'image-pull-failed',
        says: [
          /image-registry: mirror\.internal wants a login/,
          /Give registry-username and registry-password/,
        ],
      },
    ),
    mirrorCase(
      { 'image-registry': 'mirror.internal/docker-hub/none', ...LOGIN },
      {
        name: 'mirror-image',
        situation: 'image-registry does not have the images below the path that it names.',
        right: 'image-not-found, which names the input and the path',
        code: 'image-not-found',
        says: [/image-registry: an image is not there/, /it is "mirror\.internal\/docker-hub\/none"/],
      },
    ),
    mirrorCase(
      { 'image-registry': 'self-signed.internal' },
      {
        name: 'mirror-self-signed',
        situation: 'image-registry shows a certificate that nobody has signed.',
        right: 'image-pull-failed, which says where Docker takes an authority from',
        code: 'image-pull-failed',
        says: [
          /image-registry: Docker does not trust the certificate of self-signed\.internal: /,
          /certs\.d\/self-signed\.internal/,
        ],
      },
    ),
    mirrorCase(
      { 'image-registry': 'mirror.internal:5999/docker-hub', ...LOGIN },
      {
        name: 'mirror-down',
        situation: 'Nothing listens at the port of image-registry.',
        right: 'image-pull-failed after three tries, which names the input',
        code: 'image-pull-failed',
        says: [/image-registry: mirror\.internal:5999 does not answer: .*connection refused/, /trying again/],
      },
    ),
    {
      name: 'mirror-cancelled',
      situation: 'The job is cancelled while images come from a mirror with a password.',
      right: 'cancelled; the login is gone from the machine',
      run: ({ action }) => {
        const cancel = new AbortController();
        const onOutput = (text: string) => {
          if (text.includes('docker-compose pull ')) setTimeout(() => cancel.abort(), 1_000);
        };
        return action(
          { 'image-registry': MIRROR, ...LOGIN },
          { onOutput, signal: cancel.signal, killSignal: 'SIGINT' },
        );
      },
      ends: { result: 'failed', code: 'cancelled', neverSays: [/Only 4%/] },
      also: nothingLeft,
    },
  ],
};
