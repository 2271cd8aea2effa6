import { once } from 'node:events';
import net from 'node:net';
import type { DrillGroup } from '../support/drill-case.ts';
import { authorize, makeKey } from '../support/keys.ts';
import { expectConnection, plan, resetSshd, setSshd, sshdCase } from '../support/sshd.ts';

const small = makeKey('-t', 'rsa', '-b', '1024');
const medium = makeKey('-t', 'rsa', '-b', '2048');

export const SIGN_IN: DrillGroup = {
  name: 'sign-in',
  machine: 'bare',
  cases: [
    ...(
      [
        ['kex', 'key exchange', ['KexAlgorithms sntrup761x25519-sha512@openssh.com']],
        ['cipher', 'cipher', ['Ciphers aes128-cbc']],
        ['mac', 'MAC', ['Ciphers aes128-ctr', 'MACs umac-64@openssh.com']],
      ] as const
    ).map(([name, words, lines]) =>
      sshdCase(lines, {
        name: `nothing-in-common-${name}`,
        situation: `sshd allows only a ${words} that this client does not have.`,
        right: 'ssh-handshake-failed at once, with both lists',
        ends: {
          result: 'failed',
          code: 'ssh-handshake-failed',
          says: [new RegExp(`has no ${words} in common .*; it offers ${lines.at(-1)?.split(' ')[1]}`)],
          neverSays: [/trying again/],
        },
        withinS: 10,
      }),
    ),
    sshdCase(['RequiredRSASize 2048'], {
      name: 'rsa-size-refused',
      situation: 'The key is RSA with 1024 bits, and sshd wants 2048, as on Amazon Linux 2023.',
      right: 'ssh-auth-refused at once, with the size',
      before: scene => authorize(scene, small),
      run: scene => plan(scene, { key: small.text }),
      ends: {
        result: 'failed',
        code: 'ssh-auth-refused',
        says: [/RSA, 1024 bits\): Amazon Linux 2023 takes no RSA key under 2048 bits/, /-t ed25519/],
        neverSays: [/trying again/],
      },
      withinS: 10,
    }),
    sshdCase(['RequiredRSASize 3072'], {
      name: 'rsa-size-refused-by-more',
      situation: 'The key is RSA with 2048 bits, and sshd wants 3072.',
      right: 'ssh-auth-refused, and the size is named among the reasons',
      before: scene => authorize(scene, medium),
      run: scene => plan(scene, { key: medium.text }),
      ends: { result: 'failed', code: 'ssh-auth-refused', says: [/RSA, 2048 bits/, /RequiredRSASize/] },
    }),
    sshdCase(['AuthenticationMethods publickey,keyboard-interactive', 'KbdInteractiveAuthentication yes'], {
      name: 'second-factor',
      situation: 'sshd wants a second factor after the key.',
      right: 'ssh-second-factor at once, with the method',
      ends: {
        result: 'failed',
        code: 'ssh-second-factor',
        says: [/accepted the key for user "ec2-user" and then asks for more: keyboard-interactive/],
        neverSays: [/authorized_keys/, /trying again/],
      },
      withinS: 10,
    }),
    sshdCase(['PubkeyAuthentication no', 'PasswordAuthentication yes'], {
      name: 'password-only',
      situation: 'sshd takes passwords and no keys.',
      right: 'ssh-auth-refused at once: it takes no key',
      ends: {
        result: 'failed',
        code: 'ssh-auth-refused',
        says: [/takes no key from user "ec2-user"; it takes password/],
        neverSays: [/trying again/],
      },
      withinS: 10,
    }),
    sshdCase(['AllowUsers nobody'], {
      name: 'allow-users',
      situation: 'sshd does not allow the user, whatever key.',
      right: 'ssh-auth-refused; AllowUsers is named, and where the reason stands',
      ends: {
        result: 'failed',
        code: 'ssh-auth-refused',
        says: [/did not accept the key for user "ec2-user" \(SHA256:/, /AllowUsers/, /journalctl -u sshd/],
      },
    }),
    sshdCase(['MaxAuthTries 1', 'AllowUsers nobody'], {
      name: 'too-many-tries',
      situation: 'sshd ends the connection after one try.',
      right: 'ssh-auth-refused with its words',
      ends: { result: 'failed', code: 'ssh-auth-refused', says: [/Too many authentication failures/] },
    }),
    {
      name: 'root-refused',
      situation: "root's authorized_keys has the key, and PermitRootLogin is no.",
      right: 'ssh-auth-refused at once: the key is known; use ec2-user',
      make: ({ root }) =>
        root('cp /home/ec2-user/.ssh/authorized_keys /root/.ssh/; chown root: /root/.ssh/*'),
      run: scene => plan(scene, { username: 'root' }),
      mend: ({ root }) => root('rm /root/.ssh/authorized_keys'),
      withinS: 10,
      isElsewhere: true,
      ends: {
        result: 'failed',
        code: 'ssh-auth-refused',
        says: [/knows the key of user "root" but does not let this user in/, /username: ec2-user/],
        neverSays: [/trying again/],
      },
    },
    sshdCase(['PermitRootLogin yes'], {
      name: 'root-login-message',
      situation: "root's authorized_keys says to log in as ec2-user, as on the images of Amazon.",
      right: 'that sentence, and username: ec2-user',
      before: ({ root }) =>
        root(`{ echo -n 'command="echo '"'"'Please login as the user \\"ec2-user\\" rather than the user \\"root\\".'"'"';echo;sleep 10;exit 142" '
          cat /home/ec2-user/.ssh/authorized_keys; } > /root/.ssh/authorized_keys; chmod 600 /root/.ssh/authorized_keys`),
      run: scene => plan(scene, { username: 'root' }),
      mend: async scene => {
        await scene.root('rm /root/.ssh/authorized_keys');
        await resetSshd(scene);
      },
      ends: {
        result: 'failed',
        code: 'shell-unusable',
        says: [/Please login as the user "ec2-user" rather than the user "root"/, /username.*ec2-user/],
      },
    }),
    {
      name: 'account-expired',
      situation: 'The account of the user has expired.',
      right: "ssh-auth-refused at once, with the machine's own words",
      make: ({ root }) => root('usermod -e 1 ec2-user'),
      run: scene => plan(scene),
      mend: async scene => {
        await scene.root("usermod -e '' ec2-user");
        await expectConnection(scene);
      },
      withinS: 10,
      isElsewhere: true,
      ends: {
        result: 'failed',
        code: 'ssh-auth-refused',
        says: [/refuses: "Your account has expired/, /chage -l ec2-user/],
        neverSays: [/trying again/],
      },
    },
    {
      name: 'not-yet-booted',
      situation: 'sshd answers while the machine still boots: /run/nologin is there for 12 seconds more.',
      right: 'waits and passes',
      make: ({ root }) =>
        root(`echo 'System is booting up. Unprivileged users are not permitted to log in yet.' > /run/nologin
          systemd-run --on-active=12 --timer-property=AccuracySec=100ms rm -f /run/nologin`),
      run: scene => plan(scene),
      mend: ({ root }) => root('rm -f /run/nologin'),
      withinS: 45,
      isElsewhere: true,
      ends: { result: 'passed', says: [/lets nobody in now: "System is booting up/, /trying again/] },
    },
    {
      name: 'max-startups',
      situation: 'sshd takes no more connections, for others have not signed in.',
      right: 'turned away with its own words, MaxStartups',
      make: scene => setSshd(scene, 'MaxStartups 1'),
      run: async scene => {
        const { host, port } = scene.machine;
        const holding = net.connect(Number(port), host);
        await once(holding, 'data');
        try {
          return await plan(scene, { 'connect-timeout': '5' });
        } finally {
          holding.destroy();
        }
      },
      mend: resetSshd,
      withinS: 20,
      isElsewhere: true,
      ends: { result: 'failed', code: 'ssh-unreachable', says: [/MaxStartups/] },
    },
  ],
};
