import { createHash } from 'node:crypto';
import { dirname } from 'node:path/posix';
import type { DownloadProxy } from '../../config/proxy-inputs.ts';
import type { Host } from '../../host/host.ts';
import { mustRun } from '../../host/must-run.ts';
import { PROXY_FILE } from '../../host/proxy-file.ts';
import { type CheckResult, notYet, type Step, satisfied } from '../step.ts';

/** The part of the Docker service's unit that hands it the file. Docker's own pages: "Configure the daemon to use a proxy". */
const DROP_IN = '/etc/systemd/system/docker.service.d/kafka-al2023-proxy.conf';
const DROP_IN_TEXT = `[Service]\nEnvironmentFile=-${PROXY_FILE}\n`;

/**
 * Prints what is set, by checksum: the file with its owner and mode, the part of the unit, and what the running engine has been
 * given. An empty checksum is that of a file that is not there.
 */
const LOOK = `
sum() { sha256sum 2>/dev/null | cut -d' ' -f1; }
[ ! -f ${PROXY_FILE} ] || echo "file=$(sum <${PROXY_FILE}) $(stat -c '%U %a' ${PROXY_FILE})"
[ ! -f ${DROP_IN} ] || echo "unit=$(sum <${DROP_IN})"
engine=$(systemctl show --property MainPID --value docker 2>/dev/null)
[ "\${engine:-0}" = 0 ] || echo "engine=$(tr '\\0' '\\n' <"/proc/$engine/environ" | grep -iE '^(https?|no)_proxy=' | LC_ALL=C sort | sum)"`;

/** `sh -euc WRITE sh FILE MODE OWNER`: the text comes by the standard input, where nobody else sees it. */
const WRITE = `umask 077
mkdir -p -m 755 -- "\${1%/*}"
new=$1.new
rm -f -- "$new"
set -C
cat >"$new"
chown -- "$3" "$new"
chmod -- "$2" "$new"
mv -fT -- "$new" "$1"`;

/**
 * The proxy for yum, curl, pip and the Docker Engine; or none, when the machine still has one of an earlier run.
 * @param user whose downloads go through it, beside root's
 */
export function proxyStep(proxy: DownloadProxy | undefined, user: string): Step {
  const wanted = proxy && { text: textOf(proxy), variables: variablesOf(proxy) };
  return {
    name: 'proxy',
    title: 'Proxy for downloads',
    needs: ['machine'],
    writes: { paths: [dirname(PROXY_FILE), dirname(DROP_IN)] },
    async check({ host }) {
      const found = await look(host);
      if (!wanted || !proxy)
        return found.has('file') || found.has('unit')
          ? notYet('a proxy is set, and http-proxy names none any more')
          : satisfied('none');
      const told = `${proxy.address}, but not for ${proxy.exceptions.join(', ')}`;
      if (
        found.get('file') !== `${sha256(wanted.text)} ${user} 600` ||
        found.get('unit') !== sha256(DROP_IN_TEXT)
      )
        return notYet(`${told}: it is not set`);
      return engineHas(found.get('engine'), wanted.variables, told);
    },
    async apply({ host, log }) {
      if (wanted) {
        log.info(`write ${PROXY_FILE} and ${DROP_IN}`);
        await write(host, PROXY_FILE, wanted.text, { mode: '600', owner: user });
        await write(host, DROP_IN, DROP_IN_TEXT, { mode: '644', owner: 'root' });
      } else {
        log.info(`rm ${DROP_IN} ${PROXY_FILE}`);
        await mustRun(host, { argv: ['rm', '-f', '--', DROP_IN], sudo: true });
      }
      await mustRun(host, { argv: ['systemctl', 'daemon-reload'], sudo: true });
      if ((await look(host)).has('engine'))
        log.info('systemctl restart docker; its containers stop meanwhile');
      await mustRun(host, { argv: ['systemctl', 'try-restart', 'docker'], sudo: true }, NO_SUCH_UNIT);
      // The last of all: as long as it is there, a later run goes on where this one was cut off.
      if (!wanted) await mustRun(host, { argv: ['rm', '-f', '--', PROXY_FILE], sudo: true });
    },
  };
}

/** systemctl(1): Docker is not installed yet. */
const NO_SUCH_UNIT = [5];

/** Programs look for different ones: curl for the first alone, Go for the last ones before them. */
function variablesOf({ url, exceptions }: DownloadProxy): string[] {
  const values = { http_proxy: url, https_proxy: url, no_proxy: exceptions.join(',') };
  return Object.entries(values).flatMap(([name, value]) => [
    `${name}=${value}`,
    `${name.toUpperCase()}=${value}`,
  ]);
}

function textOf(proxy: DownloadProxy): string {
  const lines = variablesOf(proxy).map(line => `${line.replace('=', "='")}'`);
  return `# Written by kafka-al2023-action; a run without http-proxy removes it.\n${lines.join('\n')}\n`;
}

async function look(host: Host): Promise<Map<string, string>> {
  const { stdout } = await mustRun(host, { argv: ['sh', '-c', LOOK], sudo: true, isLook: true }, [1]);
  return new Map([...stdout.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
}

/** An engine that does not run yet gets it when it is started. */
function engineHas(found: string | undefined, variables: readonly string[], told: string): CheckResult {
  const lines = variables.toSorted().map(line => `${line}\n`);
  return found === undefined || found === sha256(lines.join(''))
    ? satisfied(told)
    : notYet(`${told}: the Docker Engine does not have it yet`);
}

interface Ownership {
  readonly mode: string;
  readonly owner: string;
}

async function write(host: Host, path: string, text: string, { mode, owner }: Ownership): Promise<void> {
  const argv = ['sh', '-euc', WRITE, 'sh', path, mode, owner] as const;
  await mustRun(host, { argv, sudo: true, stdin: text });
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
