import type { ErrorText } from './error-text.ts';

/** Faults on the way to the machine, and of its being free for this run. */
export const CONNECTION_ERRORS = {
  'ssh-host-unknown': {
    meaning: 'The name of the machine does not resolve to an address.',
    hint: 'Check the spelling, and that the runner can resolve the name (getent hosts NAME): a private name needs a self-hosted runner, a jump host or a proxy command.',
  },
  'ssh-unreachable': {
    meaning: 'No SSH server answered at this address and port.',
    hint: 'Check that the machine runs, that its security group lets the runner reach this port, and that host and port are right. Raise connect-timeout for a machine that boots slowly.',
  },
  'ssh-handshake-failed': {
    meaning:
      'An SSH server answered, but the two sides agree on no algorithm, or the connection was not completed.',
    hint: 'Read what sshd says of it on the machine: sudo journalctl -u sshd -n 20',
  },
  'ssh-auth-refused': {
    meaning: 'The machine answered but did not let this user in with this key.',
    hint: "Check that the username is right (ec2-user on Amazon Linux) and that the key's public half is in that user's ~/.ssh/authorized_keys, which nobody else may write. AllowUsers or a locked account refuse every key: sshd says why in sudo journalctl -u sshd -n 20.",
  },
  'ssh-second-factor': {
    meaning:
      'The machine accepted the key and asks for a second factor, which nobody can give in a workflow.',
    hint: 'Exempt the user of this action in /etc/ssh/sshd_config of the machine: "Match User ec2-user", below it "AuthenticationMethods publickey"; then: sudo systemctl reload sshd',
  },
  'ssh-host-key-mismatch': {
    meaning:
      'The host key of the machine is not the one that was pinned, or not the one that it showed before in the same job: it may be another machine.',
    hint: 'If the machine was rebuilt, replace the pinned value by the one shown after comparing it with the console output of the machine. If it was not, do not connect.',
  },
  'ssh-host-key-revoked': {
    meaning: 'The host key of the machine is revoked by known-hosts: whoever has it can pose as the machine.',
    hint: "Do not connect. On the machine's console make new host keys: sudo rm /etc/ssh/ssh_host_*_key*; sudo ssh-keygen -A; sudo systemctl restart sshd. Then pin the new one, as the console shows it.",
  },
  'ssh-host-key-weak': {
    meaning:
      'The host key of the machine is too small: somebody may work out its private half and pose as the machine.',
    hint: 'On the machine make an ED25519 host key: sudo ssh-keygen -t ed25519 -N "" -f /etc/ssh/ssh_host_ed25519_key; sudo systemctl restart sshd. Where a host key is pinned, pin that one, as the console shows it.',
  },
  'ssh-connection-lost': {
    meaning:
      'The SSH connection broke, and what was going on could not be finished: it broke again at the second try, or the machine was restarted.',
    hint: 'Check that the machine did not restart and is not out of memory (last -x reboot | head; sudo dmesg | grep -i oom), then run the workflow again: finished steps are not repeated.',
  },
  'ssh-forwarding-refused': {
    meaning: 'The machine or the jump host does not forward TCP connections.',
    hint: 'Set AllowTcpForwarding yes in /etc/ssh/sshd_config there, and remove what else forbids it (DisableForwarding, PermitOpen, restrict before the key): Kafka is reached through the SSH connection, not through an open port. With clients set to host nothing is forwarded.',
  },
  'shell-unusable': {
    meaning:
      'The machine let the user in but does not run the commands that are sent to it; nothing was changed.',
    hint: 'By hand, ssh USER@HOST echo hello must print hello. What stands in the way is a start file of the login shell (begin ~/.bashrc with: case $- in *i*) ;; *) return ;; esac), the login shell itself (sudo usermod -s /bin/bash USER), a ForceCommand in /etc/ssh/sshd_config, or a command="…" in ~/.ssh/authorized_keys.',
  },
  'proxy-command-failed': {
    meaning: 'The proxy command ended before the SSH connection was made.',
    hint: 'Run the command by hand on the runner: its standard input and output must be the connection to the SSH port.',
  },
  'machine-locked': {
    meaning: 'Another run is working on the machine and did not end in time; this run changed nothing.',
    hint: 'Look at the run named in the message, and run again when it has ended. Raise lock-timeout to wait longer; a concurrency group in the workflow keeps runs apart from the start.',
  },
  'lock-lost': {
    meaning:
      'This run gave no sign of life for a while, so another run took over the machine and this one stopped.',
    hint: 'Check the connection to the machine, which was gone for that long. Run again when the other run has ended.',
  },
} as const satisfies Record<string, ErrorText>;
