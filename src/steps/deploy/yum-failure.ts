import { ActionError, lastLines } from '../../errors.ts';
import type { CommandResult, Host } from '../../host/host.ts';
import { proxyHint } from './proxy-trouble.ts';

/** dnf's exit code when another process has its own lock, for `exit_on_lock`. */
const LOCKED = 200;
const LOCK_WORDS =
  /can't create transaction lock|waiting for process with pid|rpmdb: .*lock|already locked by \d+/i;
const LOCK_FILE = '/var/lib/rpm/.rpm.lock';
/** Amazon's own repositories, whose names begin so. */
const OWN = /^(?:amazonlinux|kernel-livepatch)\b/;

/**
 * What a yum that failed says, for what it is.
 * @param purpose for the message: `installing docker`
 * @returns ActionError `package-manager-busy` or `package-manager-failed`
 */
export async function yumFailure(
  host: Host,
  { exitCode, stdout, stderr }: CommandResult,
  purpose: string,
): Promise<ActionError> {
  const output = `${stdout}\n${stderr}`;
  const details = lastLines(output);
  if (exitCode === LOCKED || LOCK_WORDS.test(output)) {
    const holder = await lockHolder(host, output);
    return new ActionError(
      'package-manager-busy',
      `${purpose} failed: ${holder ?? 'another process'} holds the lock of the package database`,
      { details },
    );
  }
  const reason = (await reasonOf(host, output)) ?? { says: `yum ended with exit code ${exitCode}` };
  return new ActionError('package-manager-failed', `${purpose} failed: ${reason.says}`, {
    hint: proxyHint(output) ?? reason.hint,
    details,
  });
}

interface Reason {
  readonly says: string;
  readonly hint?: string;
}

async function reasonOf(host: Host, output: string): Promise<Reason | undefined> {
  return (
    (await brokenRepository(host, output)) ?? missingPackage(output) ?? conflict(output) ?? lastError(output)
  );
}

async function brokenRepository(host: Host, output: string): Promise<Reason | undefined> {
  const id =
    /Failed to download metadata for repo '([^']+)'|metadata for repository '([^']+)'|valid baseurl for repo: (\S+)/
      .exec(output)
      ?.slice(1)
      .find(Boolean);
  if (id === undefined) return undefined;
  const why =
    /^[ \t]+- (.+)$/m.exec(output)?.[1] ??
    /Failed to download metadata for repo '[^']+': (.+)/.exec(output)?.[1];
  const says = `the package repository "${id}" cannot be read${why === undefined ? '' : `: ${why}`}`;
  if (OWN.test(id)) {
    return {
      says,
      hint: "The machine does not reach Amazon's package repository: look at its route, name server, proxy and endpoint policy. Try on the machine: sudo yum makecache",
    };
  }
  const file = await fileOf(host, id);
  return {
    says: `${says}; it is not one of Amazon Linux (${file ?? 'somewhere in /etc/yum.repos.d'})`,
    hint: `Correct or remove that repository. To let yum go on without it while it is down: sudo sed -i '/^\\[${id}\\]/a skip_if_unavailable=1' ${file ?? '/etc/yum.repos.d/*.repo'}`,
  };
}

/** The file that a repository is named in. */
async function fileOf(host: Host, id: string): Promise<string | undefined> {
  const script = 'grep -lF "[$1]" /etc/yum.repos.d/*.repo /etc/dnf/dnf.conf 2>/dev/null | head -n 1';
  const { stdout } = await host.run({ argv: ['sh', '-c', script, 'sh', id] });
  return stdout.trim() || undefined;
}

function missingPackage(output: string): Reason | undefined {
  const name = /Unable to find a match: (.+)|No match for argument: (\S+)|No package (\S+) available/
    .exec(output)
    ?.slice(1)
    .find(Boolean);
  if (name === undefined) return undefined;
  return {
    says: `no repository of the machine has a package ${name.trim()}`,
    hint: 'Look which repositories are on, and whether one excludes it: sudo yum repolist --all; grep -rn exclude /etc/dnf /etc/yum.repos.d',
  };
}

function conflict(output: string): Reason | undefined {
  const [, file, other] =
    /file (\S+) (?:from install of \S+ )?conflicts (?:with file from package|between attempted installs of) (\S+)/.exec(
      output,
    ) ?? [];
  if (other !== undefined)
    return {
      says: `${file} is of the package ${other} already`,
      hint: `Remove that package: sudo yum remove -y ${other}`,
    };
  const installed = /installed package (\S+)/.exec(output)?.[1];
  const problem = /^[ \t]*(?:Problem(?: \d+)?: |- )(.*conflicts with.*|.*obsoletes.*)$/m.exec(output)?.[1];
  if (problem === undefined) return undefined;
  return {
    says: problem.trim(),
    ...(installed ? { hint: `Remove the package in its way: sudo yum remove -y ${installed}` } : {}),
  };
}

/** yum's own last word of what went wrong. */
function lastError(output: string): Reason | undefined {
  const line = lastLines(output).findLast(
    each => /^(?:Error|error|RPM: error|\[Errno)/.test(each) && !/^Error:\s*$/.test(each),
  );
  return line === undefined ? undefined : { says: line.replace(/^Error:\s*/, '') };
}

/** Who has the lock, in words. */
async function lockHolder(host: Host, output: string): Promise<string | undefined> {
  const told = /pid (\d+)|already locked by (\d+)/i.exec(output)?.slice(1).find(Boolean) ?? '';
  const script = `
pid=$1
[ -n "$pid" ] || pid=$(find /proc/[0-9]*/fd -lname ${LOCK_FILE} 2>/dev/null | head -n 1 | cut -d/ -f3)
[ -n "$pid" ] && printf '%s\\t%s\\n' "$pid" "$(tr '\\0\\n' '  ' <"/proc/$pid/cmdline" | cut -c1-100)"`;
  const { stdout } = await host.run({ argv: ['sh', '-c', script, 'sh', told], sudo: true });
  const [pid, words = ''] = stdout.trim().split('\t');
  return pid ? `process ${pid}${words.trim() === '' ? '' : ` (${words.trim()})`}` : undefined;
}
