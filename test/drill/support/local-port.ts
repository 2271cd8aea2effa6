import net from 'node:net';

/** A port of this computer at which something else than the machine's sshd answers. */
export async function atLocalPort<T>(
  welcome: (socket: net.Socket) => void,
  work: (inputs: { host: string; port: string }) => Promise<T>,
): Promise<T> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer(socket => {
    sockets.add(socket.on('error', () => {}));
    welcome(socket);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  try {
    return await work({ host: '127.0.0.1', port: `${(server.address() as net.AddressInfo).port}` });
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}
