import { describe, expect, it } from 'vitest';
import { ActionError } from '../../../../src/errors.ts';
import { explainInterruption } from '../../../../src/kafka/round-trip/interruption.ts';
import { SimulatedClock } from '../../support/clocks.ts';
import { contextOf } from '../../support/kafka-contexts.ts';
import { ScriptedHost } from '../../support/scripted-host.ts';

const clock = new SimulatedClock();
const context = (answers: () => Promise<never>) => {
  const host = new ScriptedHost([]);
  return contextOf({}, { clock, host: Object.assign(host, { run: answers }) });
};
const reachable = contextOf({}, { clock });

describe('what ended a round trip', () => {
  it('is what was said, when the machine answers', async () => {
    expect(await explainInterruption(reachable, new Error('NOT_LEADER'))).toEqual({
      reason: 'NOT_LEADER',
      isConnectionLost: false,
    });
  });

  it.each(['hangs', 'breaks'])('is the lost connection, when the machine %s', async how => {
    const answers = () =>
      how === 'hangs'
        ? new Promise<never>(() => {})
        : Promise.reject(new ActionError('ssh-unreachable', 'the port is closed'));
    const { code, reason, isConnectionLost } = await explainInterruption(
      context(answers),
      new Error('timeout'),
    );
    expect({ code, isConnectionLost }).toEqual({ code: 'ssh-connection-lost', isConnectionLost: true });
    expect(reason).toMatch(
      /^timeout; a scripted machine does not answer any more: (no answer in 8 s|the port)/,
    );
  });

  it('keeps a better word for it: a key that is refused now', async () => {
    const refused = () => Promise.reject(new ActionError('ssh-auth-refused', 'no'));
    expect(await explainInterruption(context(refused), new Error('x'))).toMatchObject({
      code: 'ssh-auth-refused',
      isConnectionLost: true,
    });
  });

  it('is our own error at the bottom of what a library made of it, with its hint', async () => {
    const own = new ActionError('topic-unusable', 'Kafka refuses it', { hint: 'Name another.' });
    expect(await explainInterruption(reachable, new Error('wrapped', { cause: own }))).toEqual({
      ...{
        reason: 'Kafka refuses it',
        code: 'topic-unusable',
        hint: 'Name another.',
        isConnectionLost: false,
      },
    });
  });

  it('is a connection that was lost when it could not be made again', async () => {
    const own = new ActionError('ssh-unreachable', 'no answer');
    expect(await explainInterruption(reachable, own)).toMatchObject({ code: 'ssh-connection-lost' });
  });

  it('is a topic that was deleted, when the brokers do not know it', async () => {
    const unknown = Object.assign(new Error('This server does not host this topic-partition'), { code: 3 });
    const wrapped = new Error('retries exceeded', { cause: unknown });
    expect(await explainInterruption(reachable, wrapped)).toMatchObject({ code: 'topic-not-found' });
  });
});
