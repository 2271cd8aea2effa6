import { createRequire } from 'node:module';
import SaslAuthenticator from 'kafkajs/src/broker/saslAuthenticator/index.js';
import { describe, expect, it } from 'vitest';
import { actionErrorIn } from '../../../../src/errors.ts';
import { tellSaslRefusals } from '../../../../src/kafka/security/sasl-refusals.ts';

const require = createRequire(import.meta.url);
const { createErrorFromCode } = require('kafkajs/src/protocol/error.js') as {
  createErrorFromCode(code: number): Error;
};
tellSaslRefusals();

type Send = (request: { apiName: string }) => Promise<unknown>;

/** Signs in at a broker that answers as the test says. @returns what was thrown */
async function signIn(send: Send, mechanism = 'PLAIN'): Promise<unknown> {
  const log = { debug() {}, error() {} };
  const connection = {
    ...{
      broker: 'kafka.example:9093',
      host: 'kafka.example',
      port: 9093,
      sasl: { mechanism, username: 'alice', password: 'x' },
    },
    send: (request: unknown) => send((request as { request: { apiName: string } }).request),
  };
  const versions = { 17: { minVersion: 1, maxVersion: 1 }, 36: { minVersion: 1, maxVersion: 1 } };
  const make = SaslAuthenticator as unknown as new (...options: unknown[]) => SaslAuthenticator;
  const logger = { ...log, namespace: () => log };
  return new make(connection, logger, versions, true).authenticate().then(
    () => undefined,
    error => error,
  );
}
const handshake = { enabledMechanisms: ['PLAIN', 'SCRAM-SHA-512'] };
/** Takes the mechanism, and answers the rest with an error. */
const failing =
  (error: Error): Send =>
  async ({ apiName }) => {
    if (apiName === 'SaslHandshake') return handshake;
    throw error;
  };

describe('a sign-in with SASL', () => {
  it('that is taken is no error', async () => {
    expect(await signIn(async () => handshake)).toBeUndefined();
  });

  it.each(['PLAIN', 'SCRAM-SHA-512'])('that is refused is told, with %s', async mechanism => {
    const error = await signIn(failing(createErrorFromCode(58)), mechanism);
    expect(error).toMatchObject({
      code: 'kafka-authentication-failed',
      retriable: false,
      message: expect.stringMatching(
        /^broker kafka\.example:9093 refuses the user name or the password \((PLAIN|SCRAM-SHA-512): SASL Authentication failed/,
      ),
    });
  });

  it.each([
    [33, /does not offer sasl\.mechanism PLAIN$/],
    [34, /asks for no SASL at this address/],
  ])('that the broker does not understand (%i) is told', async (code, words) => {
    const error = await signIn(async () => {
      throw createErrorFromCode(code);
    });
    expect(error).toMatchObject({
      code: 'kafka-authentication-failed',
      message: expect.stringMatching(words),
    });
  });

  it.each(['PLAIN', 'SCRAM-SHA-512'])(
    'that breaks off may succeed a moment later, with %s',
    async mechanism => {
      const cut = Object.assign(new Error('Closed connection'), {
        name: 'KafkaJSConnectionClosedError',
        retriable: true,
      });
      const error = await signIn(failing(cut), mechanism);
      expect(error).toBe(cut);
      expect(actionErrorIn(error)).toBeUndefined();
    },
  );

  it('with a broker that does not know the password itself is refused by the client', async () => {
    const send: Send = async ({ apiName }) =>
      apiName === 'SaslHandshake' ? handshake : { authBytes: Buffer.from('r=nonsense,s=QQ==,i=4096') };
    expect(await signIn(send, 'SCRAM-SHA-512')).toMatchObject({
      code: 'kafka-authentication-failed',
      message: expect.stringMatching(
        /does not sign in as it should .SCRAM-SHA-512: SASL SCRAM SHA512 authentication failed/,
      ),
    });
  });
});
