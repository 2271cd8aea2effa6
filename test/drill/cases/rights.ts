import type { DrillCase } from '../support/drill-case.ts';
import { ELSEWHERE, HOME, hintHelps, PASSES, script, sudoers, withoutCompose } from '../support/settings.ts';

const FOLDER = { result: 'failed', code: 'folder-unusable', neverSays: ELSEWHERE } as const;
const NO_SUDO = { result: 'failed', code: 'no-sudo', neverSays: ELSEWHERE } as const;

const sudo: readonly DrillCase[] = [
  {
    name: 'requiretty',
    situation: 'sudo wants a terminal.',
    right: "no-sudo with sudo's words, and the line for sudoers helps",
    quick: true,
    ...sudoers('Defaults requiretty\nec2-user ALL=(ALL) NOPASSWD:ALL'),
    ends: { ...NO_SUDO, says: [/you must have a tty to run sudo/, /Defaults:ec2-user !requiretty/] },
    also: hintHelps,
  },
  {
    name: 'sudo-password',
    situation: 'sudo asks for a password.',
    right: "no-sudo with sudo's words, and the line for sudoers helps",
    ...sudoers('ec2-user ALL=(ALL) ALL'),
    ends: { ...NO_SUDO, says: [/a password is required/] },
    also: hintHelps,
  },
  {
    name: 'sudo-list',
    situation: 'sudoers lists a few commands that the user may run.',
    right: "no-sudo with sudo's words, and the line for sudoers helps",
    ...sudoers('ec2-user ALL=(ALL) NOPASSWD: /usr/bin/systemctl, /usr/bin/yum, /usr/bin/true'),
    ends: { ...NO_SUDO, says: [/not allowed to execute|password is required/, /NOPASSWD:ALL/] },
    also: hintHelps,
  },
  {
    name: 'sudo-missing',
    situation: 'sudo is not installed.',
    right: 'no-sudo says so',
    ...script('mv /usr/bin/sudo /usr/bin/sudo.away', 'mv /usr/bin/sudo.away /usr/bin/sudo'),
    ends: { ...NO_SUDO, says: [/\/usr\/bin\/sudo: (not found|No such file)/, /yum install -y sudo/] },
  },
  withoutCompose({
    name: 'secure-path',
    situation:
      "sudo's secure_path has no folder with programs, its umask is 077, and it logs what goes in and out.",
    right: 'passes',
    ...sudoers(
      'Defaults secure_path=/nowhere, umask=0077, umask_override, log_input, log_output\nec2-user ALL=(ALL) NOPASSWD:ALL',
    ),
    ends: PASSES,
  }),
  {
    name: 'sudo-without-shells',
    situation: 'sudoers allows everything but shells.',
    right: 'passes, as before',
    ...sudoers('ec2-user ALL=(ALL) NOPASSWD: ALL, !/bin/sh, !/bin/bash, !/usr/bin/bash'),
    ends: PASSES,
  },
];

const STATE = `${HOME}/.kafka-al2023`;
const own = (path: string) => `chown -R ec2-user: ${path}; chmod -R u+rwX ${path}`;

const folders: readonly DrillCase[] = [
  {
    name: 'state-folder-of-root',
    situation: "The action's folder in the home belongs to root.",
    right: 'folder-unusable: which, whose, and the chown that helps',
    quick: true,
    ...script(`chown -R root: ${STATE}; chmod -R go-w ${STATE}`, own(STATE)),
    ends: { ...FOLDER, says: [/belongs to "root"/, new RegExp(`sudo chown -R ec2-user: ${STATE}`)] },
    also: hintHelps,
  },
  {
    name: 'lock-is-a-folder',
    situation: 'A folder lies where the lock is kept.',
    right: 'folder-unusable: it is in the way',
    ...script(`rm -rf ${STATE}/lock/holder; mkdir -p ${STATE}/lock/holder/x`, `rm -rf ${STATE}/lock/holder*`),
    ends: { ...FOLDER, says: [/lock\/holder is in the way: it is a directory/] },
    also: hintHelps,
  },
  {
    name: 'broken-lock',
    situation: "The lock's record is garbage, and root's.",
    right: 'passes: nobody holds such a lock',
    ...script(
      `head -c 500 /dev/urandom >${STATE}/lock/holder; chown root: ${STATE}/lock/holder; chmod 600 ${STATE}/lock/holder`,
      ':',
    ),
    ends: PASSES,
  },
  {
    name: 'records-of-root',
    situation: 'The records of what is deployed cannot be read, and the deployment is to be taken down.',
    right: 'folder-unusable; nothing is removed',
    ...script(`chown root: ${STATE}/deployments; chmod 700 ${STATE}/deployments`, own(STATE)),
    run: scene => scene.action({ mode: 'down', volumes: 'true' }),
    ends: { ...FOLDER, says: [/deployments belongs to "root"/], neverSays: [/docker rm/, ...ELSEWHERE] },
  },
  {
    name: 'directory-of-root',
    situation: 'The directory of the deployment and all in it belongs to root, closed to others.',
    right: 'passes: what is there is made anew',
    ...script(
      `chown -R root: ${HOME}/docker_exp; chmod -R go-rwx ${HOME}/docker_exp`,
      own(`${HOME}/docker_exp`),
    ),
    withinS: 180,
    ends: PASSES,
  },
  {
    name: 'home-read-only',
    situation: 'The home is on a file system that is mounted read-only.',
    right: 'disk-read-only names the file system and where to look for the reason',
    ...script(
      `mount --bind ${HOME} ${HOME} && mount -o remount,ro,bind ${HOME}`,
      `umount ${HOME} 2>/dev/null || mount -o remount,rw,bind ${HOME}`,
    ),
    ends: { ...FOLDER, code: 'disk-read-only', says: [/mounted read-only/, /sudo dmesg/] },
  },
];

/** What the user may not do: as root, and in folders of others. */
export const RIGHTS: readonly DrillCase[] = [...sudo, ...folders];
