import { describe, expect, it } from 'vitest';
import { sshCommand } from '../../../../src/host/ssh/ssh-command.ts';
import type { SshTarget } from '../../../../src/host/ssh/target.ts';

const target = (more: Partial<SshTarget> = {}): SshTarget => ({
  ...{ host: 'machine.example', port: 22, username: 'ec2-user', privateKey: '', passphrase: '' },
  trust: { fingerprints: [], knownHosts: [] },
  ...more,
});

describe('the command by which a person gets to the machine', () => {
  it.each<[string, Partial<SshTarget>]>([
    ['ssh ec2-user@machine.example', {}],
    ['ssh -p 2222 ec2-user@2001:db8::1', { host: '2001:db8::1', port: 2222 }],
    [
      'ssh -J "jumper@[2001:db8::2]:2200" ec2-user@machine.example'.replaceAll('"', "'"),
      { via: { kind: 'jump-host', target: target({ host: '2001:db8::2', port: 2200, username: 'jumper' }) } },
    ],
    [
      'ssh -o ProxyCommand=PROXY_COMMAND ec2-user@machine.example',
      { via: { kind: 'proxy-command', command: 'tool --token abc %h' } },
    ],
  ])('is %s', (command, more) => expect(sshCommand({ kind: 'ssh', target: target(more) })).toBe(command));

  it('is none where the machine is the runner itself', () =>
    expect(sshCommand({ kind: 'local' })).toBeUndefined());
});
