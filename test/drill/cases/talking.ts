import type { DrillCase, DrillGroup } from '../support/drill-case.ts';
import { bashrc, ELSEWHERE, PASSES, script, sshd, withoutCompose } from '../support/settings.ts';
import { RIGHTS } from './rights.ts';

const UNUSABLE = { result: 'failed', code: 'shell-unusable', neverSays: ELSEWHERE } as const;

const start = (name: string, text: string, situation: string): DrillCase => ({
  name,
  situation,
  right: 'passes: answers are told from noise, and commands have an environment of their own',
  ...bashrc(text),
  ends: PASSES,
});

const starts: readonly DrillCase[] = [
  start(
    'bashrc-prints',
    'echo Welcome; printf "no line break"; echo who >&2; trap "echo bye; echo bye >&2" EXIT',
    '~/.bashrc prints on both outputs, and a trap prints at the end.',
  ),
  start('bashrc-traces', 'set -vx', '~/.bashrc lets the shell show all that it runs.'),
  start('bashrc-background', 'sleep 600 &', '~/.bashrc leaves a process behind that keeps the outputs open.'),
  start('bashrc-joins', 'exec 2>&1', '~/.bashrc joins the two outputs.'),
  withoutCompose(
    start('umask-077', 'umask 077', 'The umask of the user is 077, as hardening guides want it.'),
  ),
  start('locale', 'export LANG=tr_TR.UTF-8 LC_ALL=de_DE.UTF-8 LANGUAGE=de', 'The locale is another one.'),
  start(
    'docker-host-set',
    `export DOCKER_HOST=tcp://127.0.0.1:1 DOCKER_CONTEXT=nowhere COMPOSE_FILE=/nowhere COMPOSE_PROFILES=x CDPATH=/
export BASH_ENV=/nowhere ENV=/nowhere GREP_OPTIONS=-v LD_PRELOAD=/nowhere.so PATH=/nowhere:/usr/local/bin
docker() { echo mine; }; printf() { echo mine; }; sudo() { echo mine; }; export -f docker printf sudo
shopt -s expand_aliases; alias docker=false sh=false sudo=false env=false; set -u`,
    '~/.bashrc points Docker, Compose, PATH, functions and aliases elsewhere.',
  ),
];

const silent: readonly DrillCase[] = [
  {
    name: 'bashrc-exits',
    situation: '~/.bashrc ends every shell.',
    right: 'shell-unusable at connect; nothing is changed',
    quick: true,
    ...bashrc('exit 0'),
    withinS: 15,
    ends: { ...UNUSABLE, says: [/ended with exit code 0 and nothing came back/, /ssh USER@HOST echo hello/] },
  },
  {
    name: 'bashrc-exec',
    situation: '~/.bashrc replaces the shell by a program that answers everything in its own way.',
    right: 'shell-unusable with what came back instead',
    ...bashrc('exec echo Choose: 1, 2 or 3'),
    withinS: 15,
    ends: { ...UNUSABLE, says: [/this came back: Choose: 1, 2 or 3/] },
  },
  {
    name: 'bashrc-waits',
    situation: '~/.bashrc starts a program that waits for ever.',
    right: 'shell-unusable after 25 s, not after command-timeout',
    ...bashrc('sleep 300'),
    withinS: 45,
    ends: { ...UNUSABLE, says: [/ran nothing within 25 s/] },
  },
  {
    name: 'force-command',
    situation: 'A ForceCommand runs a menu, whatever is asked for.',
    right: 'shell-unusable with the words of the menu, and where a ForceCommand stands',
    ...sshd('ForceCommand /bin/echo Bastion: choose a host'),
    withinS: 15,
    ends: { ...UNUSABLE, says: [/this came back: Bastion: choose a host/, /ForceCommand in/] },
  },
  {
    name: 'force-sftp',
    situation: 'The user may only transfer files: ForceCommand internal-sftp.',
    right: 'shell-unusable, and where a ForceCommand stands',
    ...sshd('ForceCommand internal-sftp'),
    withinS: 30,
    ends: { ...UNUSABLE, says: [/ForceCommand in/] },
  },
  {
    name: 'nologin',
    situation: "The user's login shell is nologin.",
    right: 'shell-unusable with its words, and the command that gives a shell',
    ...script('usermod -s /usr/sbin/nologin ec2-user', 'usermod -s /bin/bash ec2-user'),
    withinS: 60,
    ends: { ...UNUSABLE, says: [/currently not available/, /sudo usermod -s \/bin\/bash ec2-user/] },
  },
  {
    name: 'restricted-shell',
    situation: "The user's login shell is a restricted bash.",
    right: 'shell-unusable with its words, and the command that gives a shell',
    ...script(
      'ln -sf bash /bin/rbash; usermod -s /bin/rbash ec2-user',
      'usermod -s /bin/bash ec2-user; rm -f /bin/rbash',
    ),
    withinS: 15,
    ends: { ...UNUSABLE, says: [/restricted/, /sudo usermod -s \/bin\/bash ec2-user/] },
  },
];

const sessions: readonly DrillCase[] = [1, 2, 4, 7]
  .map(
    (count): DrillCase => ({
      name: `max-sessions-${count}`,
      situation: `sshd takes ${count} sessions in a connection (MaxSessions).`,
      right: 'passes: commands wait for one another',
      ...sshd(`MaxSessions ${count}`),
      withinS: 90,
      ends: PASSES,
    }),
  )
  .concat({
    name: 'max-sessions-0',
    situation: 'sshd takes no session at all (MaxSessions 0): only forwarding.',
    right: 'shell-unusable, which names the setting',
    ...sshd('MaxSessions 0'),
    withinS: 20,
    ends: { ...UNUSABLE, says: [/opens no session/, /MaxSessions 0/] },
  });

/** Login shells, sessions, sudo and folders: what stands between a connection and a command. */
export const TALKING: DrillGroup = {
  name: 'talking',
  machine: 'deployed',
  cases: [...starts, ...silent, ...sessions, ...RIGHTS],
};
