import { describe, expect, it } from 'vitest';
import { sudoRefused } from '../../../src/host/sudo.ts';

describe('sudo that refuses', () => {
  it.each([
    [
      'a password',
      'sudo: a password is required\n',
      'sudo: a password is required',
      "echo 'ec2-user ALL=(ALL) NOPASSWD:ALL' | sudo tee /etc/sudoers.d/zz-ec2-user && sudo chmod 440",
    ],
    [
      'no terminal',
      'We trust you have received the usual lecture.\n\nsudo: sorry, you must have a tty to run sudo\n',
      'sudo: sorry, you must have a tty to run sudo',
      "echo 'Defaults:ec2-user !requiretty' | sudo tee",
    ],
    [
      'a list of commands',
      "Sorry, user ec2-user is not allowed to execute '/usr/bin/env /bin/sh -c a long script as root' as root on ip-1.\n",
      "Sorry, user ec2-user is not allowed to execute '/usr/bin/env …' as root on ip-1.",
      'NOPASSWD:ALL',
    ],
    [
      'no rule',
      'ec2-user is not in the sudoers file.\n',
      'ec2-user is not in the sudoers file.',
      'NOPASSWD:ALL',
    ],
    ['no sudo', 'sh: line 9: exec: sudo: not found\n', 'sudo: not found', 'yum install -y sudo'],
    [
      'no sudo, as bash says',
      'sh: line 9: /usr/bin/sudo: No such file or directory\n',
      'sudo: No such file or directory',
      'yum install -y sudo',
    ],
    ['no sudo, as dash says', 'sh: 9: sudo: not found\n', 'sudo: not found', 'yum install -y sudo'],
    [
      'an expired account',
      'sudo: Account expired or PAM config lacks an "account" section for sudo, contact your system administrator\n',
      'sudo: Account expired',
      'sudo chage -l ec2-user',
    ],
    ['nothing at all', '\n', 'sudo gave no reason', 'NOPASSWD:ALL'],
  ])('for %s is told in its own words, with what to do', (_, said, words, hint) => {
    const error = sudoRefused(said, 'ec2-user');
    expect(error.code).toBe('no-sudo');
    expect(error.message).toContain(words);
    expect(error.hint).toContain(hint);
  });

  it('gets a rule in a file that it reads, whatever the name of the user', () => {
    expect(sudoRefused('sudo: a password is required', 'jo.doe').hint).toContain('/etc/sudoers.d/zz-jo-doe ');
  });
});
