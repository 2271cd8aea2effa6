import SaslAuthenticator from 'kafkajs/src/broker/saslAuthenticator/index.js';
import { ActionError, reasonOf } from '../../errors.ts';

/** Numbers of Kafka's protocol. */
const UNSUPPORTED_SASL_MECHANISM = 33;
const ILLEGAL_SASL_STATE = 34;
const SASL_AUTHENTICATION_FAILED = 58;

let isTold = false;

/**
 * Lets kafkajs say what became of a sign-in: by itself it makes one kind of error, that cannot get better, of a broker that refuses
 * the user and of a connection that breaks in the middle.
 */
export function tellSaslRefusals(): void {
  if (isTold) return;
  isTold = true;
  const { authenticate } = SaslAuthenticator.prototype;
  SaslAuthenticator.prototype.authenticate = async function () {
    const { connection } = this;
    let failure: unknown;
    const send: typeof connection.send = async request => {
      try {
        return await connection.send(request);
      } catch (error) {
        failure = error;
        throw error;
      }
    };
    this.connection = Object.assign(Object.create(connection), { send });
    try {
      await authenticate.call(this);
    } catch (error) {
      throw signInError(failure, error, connection);
    }
  };
}

/**
 * @param failure what the broker answered, or why it did not; undefined when the client is the one that does not go on
 * @param thrown what kafkajs made of it
 */
function signInError(
  failure: unknown,
  thrown: unknown,
  { broker, sasl }: SaslAuthenticator['connection'],
): unknown {
  const { code } = (failure ?? {}) as { code?: unknown };
  const { mechanism } = sasl;
  const refused = (what: string) =>
    new ActionError('kafka-authentication-failed', `broker ${broker} ${what}`, { cause: thrown });
  if (code === SASL_AUTHENTICATION_FAILED)
    return refused(`refuses the user name or the password (${mechanism}: ${reasonOf(failure)})`);
  if (code === UNSUPPORTED_SASL_MECHANISM) return refused(`does not offer sasl.mechanism ${mechanism}`);
  if (code === ILLEGAL_SASL_STATE)
    return refused('asks for no SASL at this address: security.protocol is one without SASL_ then');
  // A broker that stops in the middle may answer a moment later.
  return failure ?? refused(`does not sign in as it should (${mechanism}: ${reasonOf(thrown)})`);
}
