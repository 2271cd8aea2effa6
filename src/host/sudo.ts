import { ActionError, lastLines } from '../errors.ts';

/**
 * The error for a user whom sudo does not let become root.
 * @param said what sudo printed
 */
export function sudoRefused(said: string, user: string): ActionError {
  const lines = lastLines(said).map(withoutCommand);
  const words = lines.find(line => /sudo:|sorry/i.test(line)) ?? lines.at(-1) ?? 'sudo gave no reason';
  return new ActionError('no-sudo', `sudo does not let user "${user}" become root: ${words.trim()}`, {
    details: lines,
    hint: sudoHint(said, user),
  });
}

/** sudo names the whole command that it refuses; ours would hide the rest of its words. */
const withoutCommand = (line: string) =>
  line.replace(/(not allowed to execute) '.*' (as \S+)/, "$1 '/usr/bin/env …' $2");

function sudoHint(said: string, user: string): string {
  if (/sudo: (command )?(not found|no such file)/i.test(said))
    return `On the machine, as root: yum install -y sudo, then: ${ruleFor(user, `${user} ALL=(ALL) NOPASSWD:ALL`, '')}. Or set username: root.`;
  if (/must have a tty/i.test(said))
    return `On the machine: ${ruleFor(user, `Defaults:${user} !requiretty`)}`;
  if (/expired|PAM|contact your system administrator/i.test(said))
    return `Look at the account of the user on the machine: sudo chage -l ${user}`;
  return `On the machine: ${ruleFor(user, `${user} ALL=(ALL) NOPASSWD:ALL`)}`;
}

/**
 * The command that adds a line to sudo's rules. Of several rules the last one counts, in the order of the files' names; a name
 * with a point in it is passed over.
 */
function ruleFor(user: string, line: string, sudo = 'sudo '): string {
  const file = `/etc/sudoers.d/zz-${user.replaceAll(/[^\w-]/g, '-')}`;
  return `echo '${line}' | ${sudo}tee ${file} && ${sudo}chmod 440 ${file}`;
}
