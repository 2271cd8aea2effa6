import { readFileSync } from 'node:fs';
import type net from 'node:net';
import type { Machine } from '../../integration/support/lab.ts';
import type { DrillCase, DrillGroup, Scene } from '../support/drill-case.ts';
import { atLocalPort } from '../support/local-port.ts';
import { expectConnection, plan } from '../support/sshd.ts';

/** The machine's known_hosts lines, `name key-type key`, by the kind of their key. */
function keysOf(machine: Machine): Record<'ed25519' | 'ecdsa', string> {
  const lines = readFileSync(machine.knownHostsFile, 'utf8').split('\n');
  const keyOf = (kind: string) => lines.find(line => line.includes(kind))?.replace(/^\S+ /, '') ?? '';
  return { ed25519: keyOf('ssh-ed25519'), ecdsa: keyOf('ecdsa-') };
}

/** What stands in known-hosts; each `KIND` is replaced by the machine's key of that kind, `NAME` by its name. */
const pinned = (scene: Scene, lines: readonly string[], inputs = {}) => {
  const { machine } = scene;
  const { ed25519, ecdsa } = keysOf(machine);
  const text = lines.join('\n').replaceAll('ED25519', ed25519).replaceAll('ECDSA', ecdsa);
  const name = `[${machine.host}]:${machine.port}`;
  return plan(scene, { 'host-fingerprint': '', 'known-hosts': text.replaceAll('NAME', name), ...inputs });
};

const NEVER_RECOMMENDED = [/host-fingerprint: SHA256/, /replace the pinned value/, /is not pinned/];

/** What answers at a port of the runner in place of the machine. */
function localCase(
  welcome: (socket: net.Socket) => void,
  rest: Omit<DrillCase, 'run'>,
  connectTimeoutS = 5,
): DrillCase {
  return {
    run: scene =>
      atLocalPort(welcome, inputs => plan(scene, { ...inputs, 'connect-timeout': `${connectTimeoutS}` })),
    withinS: 40,
    isElsewhere: true,
    ...rest,
  };
}

/** A packet filter of the machine's own, in place of a security group. */
function filterCase(target: string, rest: Omit<DrillCase, 'make' | 'run' | 'mend'>): DrillCase {
  const rule = `INPUT -p tcp --dport 22 -j ${target}`;
  return {
    make: ({ root }) => root(`iptables -I ${rule}`),
    run: scene => plan(scene, { host: scene.machine.address, port: '22', 'connect-timeout': '12' }),
    mend: async scene => {
      await scene.root(`iptables -D ${rule}`);
      await expectConnection(scene);
    },
    withinS: 30,
    isElsewhere: true,
    ...rest,
  };
}

/** Through the machine as a jump host of its own. */
const throughItself = (scene: Scene, inputs: Readonly<Record<string, string>>) => {
  const { machine } = scene;
  return plan(scene, {
    ...{ host: machine.address, port: '22', 'connect-timeout': '5' },
    'jump-host': `${machine.username}@${machine.host}:${machine.port}`,
    ...inputs,
  });
};

export const CONNECTION: DrillGroup = {
  name: 'connection',
  machine: 'bare',
  cases: [
    {
      name: 'revoked-host-key',
      situation: 'known-hosts pins a host key and revokes it, host-fingerprint pins it too.',
      right: 'ssh-host-key-revoked, and no key is recommended',
      run: scene =>
        pinned(scene, ['NAME ED25519', '@revoked * ED25519'], {
          'host-fingerprint': scene.machine.fingerprint,
        }),
      ends: {
        result: 'failed',
        code: 'ssh-host-key-revoked',
        says: [/is revoked by known-hosts/],
        neverSays: NEVER_RECOMMENDED,
      },
      withinS: 15,
      isElsewhere: true,
    },
    {
      name: 'revoked-host-key-of-two',
      situation: 'known-hosts revokes one host key of the machine and pins its other one.',
      right: 'passes by the other key',
      run: scene => pinned(scene, ['NAME ED25519', 'NAME ECDSA', '@revoked NAME ED25519']),
      ends: { result: 'passed' },
      isElsewhere: true,
    },
    {
      name: 'revoked-jump-host-key',
      situation: 'known-hosts revokes the host key of the jump host, which nothing else pins.',
      right: 'ssh-host-key-revoked, named as the jump host',
      run: scene => {
        const { machine } = scene;
        const { ed25519 } = keysOf(machine);
        return throughItself(scene, {
          'known-hosts': `@revoked [${machine.host}]:${machine.port} ${ed25519}`,
        });
      },
      ends: {
        result: 'failed',
        code: 'ssh-host-key-revoked',
        says: [/jump host: the host key .* is revoked/],
        neverSays: NEVER_RECOMMENDED,
      },
      withinS: 15,
      isElsewhere: true,
    },
    {
      name: 'known-hosts-without-port',
      situation: 'The known-hosts line has no port, and the machine is at another one than 22.',
      right: 'passes, as OpenSSH does',
      run: scene => pinned(scene, [`${scene.machine.host} ED25519`]),
      ends: { result: 'passed' },
      isElsewhere: true,
    },
    {
      name: 'host-with-port',
      situation: 'host holds the port, too.',
      right: 'input-invalid at once, with what to give',
      quick: true,
      run: scene => plan(scene, { host: `${scene.machine.host}:${scene.machine.port}` }),
      ends: {
        result: 'failed',
        code: 'input-invalid',
        says: [/host and port: .* holds a port; give host 127\.0\.0\.1 and port \d+/],
      },
      withinS: 8,
      isElsewhere: true,
    },
    filterCase('DROP', {
      name: 'silent-network',
      situation: 'Packets to the SSH port are dropped, as by a security group.',
      right: 'no answer, security group; nothing of a handshake',
      ends: {
        result: 'failed',
        code: 'ssh-unreachable',
        says: [/no answer/, /security group/],
        neverSays: [/handshake/, /accepted the connection/],
      },
    }),
    filterCase('REJECT --reject-with icmp-host-prohibited', {
      name: 'rejecting-network',
      situation: 'A firewall refuses packets to the SSH port with a message.',
      right: 'no route or a firewall',
      ends: { result: 'failed', code: 'ssh-unreachable', says: [/no route to it .*firewall/] },
    }),
    localCase(() => {}, {
      name: 'silent-server',
      situation: 'The port accepts connections and nobody says a word.',
      right: 'accepted and silent: a load balancer, another service, an sshd that hangs',
      ends: {
        result: 'failed',
        code: 'ssh-unreachable',
        says: [/accepted the connection but did not say a word in 20 s/, /load balancer/],
      },
    }),
    localCase(socket => socket.write('SSH-2.0-OpenSSH_8.7\r\n'), {
      name: 'half-handshake',
      situation: 'The first line of an SSH server comes, and then nothing.',
      right: 'ssh-handshake-failed: answered, did not complete the key exchange; MTU',
      ends: {
        result: 'failed',
        code: 'ssh-handshake-failed',
        says: [/answered as SSH-2\.0-OpenSSH_8\.7 but did not complete the key exchange/, /MTU/],
      },
    }),
    localCase(socket => socket.end(), {
      name: 'closed-at-once',
      situation: 'The port closes each connection at once.',
      right: 'closed at once: MaxStartups, fail2ban',
      ends: {
        result: 'failed',
        code: 'ssh-unreachable',
        says: [/closed it at once, without a word/, /fail2ban/],
      },
    }),
    localCase(
      socket => socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'),
      {
        name: 'http-server',
        situation: 'A web server answers at the port.',
        right: 'at once: it is HTTP, not SSH',
        quick: true,
        withinS: 8,
        ends: { result: 'failed', code: 'ssh-unreachable', says: [/not an SSH server .*: it is HTTP/] },
      },
      60,
    ),
    {
      name: 'silent-proxy-command',
      situation: 'The proxy command runs and nothing comes through it.',
      right: 'proxy-command-failed: it runs, but nothing came',
      run: scene => plan(scene, { 'proxy-command': 'exec sleep 60', 'connect-timeout': '5' }),
      ends: {
        result: 'failed',
        code: 'proxy-command-failed',
        says: [/it runs, but nothing came through it/],
      },
      withinS: 30,
      isElsewhere: true,
    },
    {
      name: 'chatty-proxy-command',
      situation: 'The proxy command writes a message to standard output and ends.',
      right: 'proxy-command-failed with its exit code and what it wrote',
      run: scene =>
        plan(scene, { 'proxy-command': 'echo session is not available; exit 4', 'connect-timeout': '2' }),
      ends: {
        result: 'failed',
        code: 'proxy-command-failed',
        says: [/it ended with exit code 4; it wrote "session is not available"/],
      },
      withinS: 15,
      isElsewhere: true,
    },
    {
      name: 'jump-host-refused',
      situation: 'The jump host reaches a machine on which nothing listens at the port.',
      right: 'the jump host could not reach it: refused',
      run: scene => throughItself(scene, { port: '1' }),
      ends: { result: 'failed', code: 'ssh-unreachable', says: [/could not reach .*:1: Connection refused/] },
      withinS: 20,
      isElsewhere: true,
    },
    {
      name: 'jump-host-resolves-not',
      situation: 'The jump host cannot resolve the name of the machine.',
      right: 'ssh-host-unknown, as the jump host sees it',
      run: scene => throughItself(scene, { host: 'no-such-machine.invalid' }),
      ends: {
        result: 'failed',
        code: 'ssh-host-unknown',
        says: [/the jump host .* could not reach no-such-machine\.invalid:22/],
      },
      withinS: 25,
      isElsewhere: true,
    },
  ],
};
