import { once } from 'node:events';
import net from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ActionError, actionErrorIn } from '../../../src/errors.ts';
import { kafkaClients } from '../../../src/kafka/client.ts';
import { silenceKafkaWarnings } from '../../../src/kafka/kafkajs-warnings.ts';
import { nullLogger } from '../../support/null-logger.ts';
import { thisComputer } from '../support/local-host.ts';

describe('the Kafka client', () => {
  it('reaches the brokers by connections that the machine makes, to 127.0.0.1 for localhost', async () => {
    const server = net.createServer(socket => socket.on('error', () => {}).end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as net.AddressInfo;
    const dialled = Promise.withResolvers<string>();
    const said = Promise.withResolvers<string>();
    const host = thisComputer();
    const dial = host.dial.bind(host);
    host.dial = (address, to) => {
      dialled.resolve(`${address}:${to}`);
      return dial(address, to);
    };
    const log = { ...nullLogger, debug: said.resolve };
    const admin = kafkaClients(host, log)
      .of([`localhost:${port}`])
      .admin();
    admin.connect().catch(() => {}); // It goes on trying; the test does not wait for that.
    expect(await dialled.promise).toBe(`127.0.0.1:${port}`);
    expect(await said.promise).toMatch(/^kafkajs \w+: /);
    await admin.disconnect();
  });

  it.each([
    ['localhost:29092', ['127.0.0.1', 29092]],
    ['kafka.example:9092', ['kafka.example', 9092]],
  ])('leads to the one broker %s whatever kafkajs asks for', async (address, expected) => {
    const dialled = Promise.withResolvers<unknown[]>();
    const host = thisComputer();
    host.dial = (...where) => {
      dialled.resolve(where);
      return Promise.reject(new Error('nobody is there'));
    };
    const admin = kafkaClients(host, nullLogger)
      .onlyTo(address)
      .admin({ retry: { retries: 0 } });
    await expect(admin.connect()).rejects.toThrow('nobody is there');
    expect(await dialled.promise).toEqual(expected);
    await admin.disconnect();
  });

  it.each(['of', 'onlyTo'] as const)('keeps what the machine said of a connection: %s', async way => {
    const refused = new ActionError('ssh-forwarding-refused', 'no');
    const host = thisComputer();
    host.dial = () => Promise.reject(refused);
    const clients = kafkaClients(host, nullLogger);
    const kafka = way === 'of' ? clients.of(['localhost:29092']) : clients.onlyTo('localhost:29092');
    const admin = kafka.admin({ retry: { retries: 0 } });
    const thrown = await admin.connect().catch(error => error);
    expect(thrown).not.toBe(refused);
    expect(actionErrorIn(thrown)).toBe(refused);
    await admin.disconnect();
  });

  it('does not warn of its own negative delays, while other warnings stay', () => {
    const warned: unknown[][] = [];
    const process = {
      env: {},
      emitWarning: (...args: unknown[]) => warned.push(args),
    } as unknown as NodeJS.Process;
    silenceKafkaWarnings(process);
    process.emitWarning('-1 is a negative number', 'TimeoutNegativeWarning');
    process.emitWarning('something else', 'DeprecationWarning');
    expect(warned).toEqual([['something else', 'DeprecationWarning']]);
    expect(process.env.KAFKAJS_NO_PARTITIONER_WARNING).toBe('1');
  });
});
