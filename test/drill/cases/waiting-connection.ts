import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describeMachine } from '../../integration/support/lab.ts';
import type { DrillCase, Scene } from '../support/drill-case.ts';

const BROKER = 'docker_exp-kafka-broker-2-1';
const CONFIG = '/etc/ssh/sshd_config';
const RELOAD = 'systemctl reload sshd || systemctl reload ssh';
const ADDRESSES = ['localhost:19092', 'localhost:29092', 'localhost:39092'].join(',');

/** Puts lines before everything else in sshd's settings, until `mend`. */
const configure =
  (lines: string) =>
  ({ root }: Scene) =>
    root(
      `cp -n ${CONFIG} /root/sshd_config && printf '%s\\n' '${lines}' | cat - /root/sshd_config > ${CONFIG} && { ${RELOAD}; }`,
    );
const restore = ({ root }: Scene) =>
  root(`[ ! -e /root/sshd_config ] || mv /root/sshd_config ${CONFIG}; ${RELOAD}`);

const FORBIDDEN = { result: 'failed', code: 'ssh-forwarding-refused', neverSays: [/not so within/] } as const;

function forbidden(name: string, lines: string, words: RegExp): DrillCase {
  return {
    name,
    situation: `sshd_config says ${lines}.`,
    right: 'ssh-forwarding-refused at once, with the setting.',
    make: configure(lines),
    withinS: 45,
    ends: { ...FORBIDDEN, says: [words, /systemctl reload sshd/] },
    mend: restore,
  };
}

const forwarding: readonly DrillCase[] = [
  forbidden('forwarding-forbidden', 'AllowTcpForwarding no', /AllowTcpForwarding no in its sshd_config/),
  forbidden('forwarding-disabled', 'DisableForwarding yes', /DisableForwarding yes in its sshd_config/),
  forbidden('permit-open', 'PermitOpen localhost:22', /PermitOpen, which names other places/),
  {
    name: 'forwarding-forbidden-by-key',
    situation: 'The key has the option restrict in authorized_keys.',
    right: 'ssh-forwarding-refused at once, with the option.',
    make: ({ root }) => root("sed -i 's/^ssh-/restrict ssh-/' /home/ec2-user/.ssh/authorized_keys"),
    withinS: 45,
    ends: { ...FORBIDDEN, says: [/the key has the option restrict in ~\/\.ssh\/authorized_keys/] },
    mend: ({ root }) => root("sed -i 's/^restrict //' /home/ec2-user/.ssh/authorized_keys"),
  },
  {
    name: 'forwarding-forbidden-host-clients',
    situation: 'sshd_config says AllowTcpForwarding no, and clients is host.',
    right: "The machine's own pair proves the cluster.",
    make: configure('AllowTcpForwarding no'),
    run: ({ action }) => action({ clients: 'host' }),
    ends: { result: 'passed', outputs: { 'host-messages-consumed': '10', 'messages-consumed': '' } },
    mend: restore,
  },
  {
    name: 'forwarding-forbidden-addresses',
    situation:
      'sshd_config says AllowTcpForwarding no, and mode smoke-test is given the addresses of the cluster.',
    right: 'ssh-forwarding-refused at once, with the setting.',
    make: configure('AllowTcpForwarding no'),
    run: ({ action }) => action({ mode: 'smoke-test', 'bootstrap-servers': ADDRESSES, clients: 'runner' }),
    withinS: 30,
    ends: { ...FORBIDDEN, says: [/AllowTcpForwarding no in its sshd_config/] },
    mend: restore,
  },
];

const MANY = { clients: 'runner', messages: '100000' };

/** Runs the action, and does something some seconds after messages began to flow. */
async function whileMessagesFlow(
  scene: Scene,
  inputs: Readonly<Record<string, string>>,
  fault: () => unknown,
) {
  let made: Promise<unknown> | undefined;
  const run = await scene.action(inputs, {
    onOutput: text => {
      if (!/^::group::Smoke test from the runner/.test(text)) return;
      made ??= new Promise(resolve => setTimeout(resolve, 4_000)).then(fault);
    },
  });
  if (!made) throw new Error('no messages flowed');
  await made;
  return run;
}

const trips: readonly DrillCase[] = [
  {
    name: 'broker-killed-in-round-trip',
    situation: 'A broker is killed while messages flow; its restart policy starts it again.',
    right: 'Whatever the verdict, it says which broker went away, when, and that it came back.',
    run: scene =>
      whileMessagesFlow(scene, MANY, () =>
        scene.root(`kill -9 $(docker inspect -f '{{.State.Pid}}' ${BROKER})`),
      ),
    withinS: 120,
    ends: {
      result: 'either',
      says: [
        /kafka-broker-2 went away \(.*at \d\d:\d\d:\d\d UTC\) and was started again at .* by its restart policy/,
      ],
      neverSays: [/lost on the broker/],
    },
  },
  {
    name: 'reboot-in-round-trip',
    situation: 'The machine is restarted while messages flow.',
    right: 'The connection was lost, since the machine was restarted.',
    // A published port gets another number when its container is started again; the address stays.
    run: scene => {
      const { address, container } = scene.machine;
      const inputs = { ...MANY, host: address, port: '22' };
      const restart = () => promisify(execFile)('docker', ['restart', '--time', '3', container]);
      return whileMessagesFlow(scene, inputs, restart);
    },
    withinS: 150,
    ends: {
      result: 'failed',
      code: 'ssh-connection-lost',
      says: [/was restarted \(it runs under a new boot id\)/, /journalctl --list-boots/],
      neverSays: [/lost on the broker/],
    },
    mend: async ({ machine }) => Object.assign(machine, await describeMachine(machine.name)),
  },
];

/** The way to the machine is closed, or ends under what is waited for. */
export const CONNECTION_CASES: readonly DrillCase[] = [...forwarding, ...trips];
