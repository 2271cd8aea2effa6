import { once } from 'node:events';
import net from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { refuseTakenPorts } from '../../../src/tunnel/taken-ports.ts';
import { actionErrorOf } from '../support/thrown-error.ts';
import { untilClosed } from '../support/tunnels.ts';

/** A port on which this process listens until the test ends. */
async function heldPort(host: string): Promise<number> {
  const server = net.createServer().listen(0, host);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as net.AddressInfo).port;
}

describe('ports on the runner', () => {
  it('that are free pass, and are free afterwards', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    server.close();
    await untilClosed(port);
    // Twice in one call: the second look finds what the first left. A child that another test is just starting may hold the
    // port for a moment.
    const refusal = () => refuseTakenPorts([port, port]).then(() => 'none', String);
    await expect.poll(refusal, { timeout: 5_000 }).toBe('none');
  });

  it.each(['127.0.0.1', '::1', '0.0.0.0', '::'])('that are taken on %s are refused', async host => {
    const port = await heldPort(host);
    const error = await actionErrorOf(() => refuseTakenPorts([port]));
    expect(error.code).toBe('tunnel-port-in-use');
    expect(error.message).toMatch(
      new RegExp(`^already taken on the runner: port ${port} \\(held by .+, process ${process.pid}\\)$`),
    );
  });

  it('are all named', async () => {
    const ports = [await heldPort('127.0.0.1'), await heldPort('127.0.0.1')];
    const { message } = await actionErrorOf(() => refuseTakenPorts(ports));
    for (const port of ports) expect(message).toContain(`port ${port} (held by `);
  });
});
