import { ActionError, lastLines } from '../../errors.ts';
import type { Host } from '../../host/host.ts';

/** What systemd and the kernel know of a service. */
interface ServiceState {
  readonly unit: string;
  /** `active`, `failed`, `inactive` … */
  readonly active: string;
  /** `loaded`, `masked`, `not-found` … */
  readonly load: string;
  readonly pid: string;
  /** State of its process: `S (sleeping)`, `T (stopped)` …; '' when there is none. */
  readonly process: string;
}

/** What is known of an engine that does not do what it should. */
export interface EngineState {
  readonly docker: ServiceState;
  readonly containerd: ServiceState;
  /** The journal's last lines of both services. */
  readonly journal: readonly string[];
}

const TIMEOUT_MS = 10_000;
const JOURNAL_LINES = 30;

const SCRIPT = `
for unit in docker containerd; do
  pid=$(systemctl show -p MainPID --value "$unit")
  printf '%s\\t%s\\t%s\\t%s\\t%s\\n' "$unit" "$(systemctl show -p ActiveState --value "$unit")" \\
    "$(systemctl show -p LoadState --value "$unit")" "$pid" "$(sed -n 's/^State:[[:space:]]*//p' "/proc/$pid/status" 2>/dev/null)"
done
echo journal
journalctl -u docker -u containerd --no-pager -o cat -n ${JOURNAL_LINES}
:`;

/** Asks systemd about the engine's services. Throws nothing: it is asked when something has failed already. */
export async function engineState(host: Host): Promise<EngineState> {
  const output = await host
    .run({ argv: ['sh', '-c', SCRIPT], sudo: true, timeoutMs: TIMEOUT_MS })
    .then(({ stdout }) => stdout)
    .catch(() => '');
  const [services = '', journal = ''] = output.split(/^journal$/m);
  const rows = services.split('\n').map(line => line.split('\t'));
  const stateOf = (name: string): ServiceState => {
    const [unit = name, active = 'unknown', load = '', pid = '0', process = ''] =
      rows.find(([first]) => first === name) ?? [];
    return { unit: `${unit}.service`, active, load, pid, process };
  };
  return {
    docker: stateOf('docker'),
    containerd: stateOf('containerd'),
    journal: lastLines(journal, JOURNAL_LINES),
  };
}

/** Whether its process was stopped by a signal, and so does nothing until it is let go on. */
export const isStopped = ({ process }: ServiceState): boolean => /^[Tt] /.test(process);

/** The error for an engine that takes commands and does not answer. */
export function engineHung({ docker, containerd, journal }: EngineState, waitedS: number): ActionError {
  const isContainerd =
    isStopped(containerd) || (containerd.active !== 'active' && containerd.load === 'loaded');
  const said = [docker, containerd].filter(({ load }) => load !== 'not-found').map(describeService);
  return new ActionError(
    'docker-not-running',
    `the Docker Engine does not answer: \`docker version\` got nothing within ${waitedS} s; ${said.join(', ')}`,
    {
      // Both at once may leave a container that the engine no longer knows.
      hint: `Restart it: sudo systemctl restart ${isContainerd ? 'containerd' : 'docker'}. If sudo docker version does not answer after that: sudo journalctl -u docker -u containerd -n 50`,
      details: journal,
    },
  );
}

/** The error for an engine that does not come up, or comes up where nobody reaches it. */
export function engineDown({ docker, containerd, journal }: EngineState, answer: string): ActionError {
  const why = whyDown({ docker, containerd, journal }, answer);
  return new ActionError('docker-not-running', why.message, {
    hint: why.hint,
    details: [...lastLines(answer, 5), ...journal],
  });
}

function whyDown(
  { docker, containerd, journal }: EngineState,
  answer: string,
): { message: string; hint?: string } {
  if (docker.load === 'masked') {
    return {
      message: 'docker.service is masked: somebody has forbidden it to start',
      hint: 'Allow it again: sudo systemctl unmask docker.service docker.socket',
    };
  }
  if (containerd.load === 'masked') {
    return {
      message: 'containerd.service is masked, and Docker does not start without it',
      hint: 'Allow it again: sudo systemctl unmask containerd.service',
    };
  }
  if (docker.active === 'active') {
    const reason = lastLines(answer, 1).join('').trim();
    return {
      message: `docker.service is active, but docker ps does not get through to it: ${reason}`,
      hint: 'Let it make its socket again: sudo systemctl restart docker.socket docker.service',
    };
  }
  const reason = reasonIn(journal);
  return {
    message: `the Docker service does not start${reason === undefined ? '' : `: ${reason}`}`,
    ...(/daemon\.json|config(?:uration)? file/i.test(reason ?? '')
      ? {
          hint: 'Correct /etc/docker/daemon.json, then: sudo systemctl reset-failed docker && sudo systemctl start docker',
        }
      : {}),
  };
}

/** systemd's own sentences tell that the service failed, never why. */
const WITHOUT_REASON =
  /^(?:Start(?:ed|ing)|Stopp(?:ed|ing)|Failed to start (?:docker|containerd|Docker)\b|Closed|Listening|Dependency failed|docker\.(?:service|socket)[: ]|containerd\.service[: ]|Scheduled restart)|level=(?:info|debug)|^\s*$/i;

/** The last line of a journal that says why, without time and level. */
export function reasonIn(journal: readonly string[]): string | undefined {
  const line = journal.findLast(each => !WITHOUT_REASON.test(each));
  const message = line && /\bmsg="((?:[^"\\]|\\.)*)"/.exec(line)?.[1];
  return message?.replaceAll('\\"', '"') ?? line?.trim();
}

const describeService = ({ unit, active, load, pid, process }: ServiceState) =>
  load === 'masked'
    ? `${unit} is masked`
    : `${unit} is ${active}${process === '' ? '' : `, its process ${pid} is in state ${process}`}`;
