import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Machine } from './lab.ts';

/** The role's action of AWS, in the examples as they are. */
export const AWS_ACTION = 'aws-actions/configure-aws-credentials@e3dd6a429d7300a6a4c196c26e071d42e0343502';
/** As EC2 Instance Connect has it: https://docs.aws.amazon.com/ec2-instance-connect/latest/APIReference/API_SendSSHPublicKey.html */
const LIFETIME_S = 60;

/** Stands for what AWS does between a job and a machine. */
export interface InstanceConnect {
  /** A folder with `aws` in it, for the PATH. */
  readonly path: string;
  /** A folder with an action that asks AWS for nothing. */
  readonly action: string;
  /** What was asked for, a line a call. */
  calls(): string[];
  remove(): void;
}

/**
 * An `aws` that puts a public key on a machine of the lab for as long as EC2 Instance Connect does, and whose tunnel is nc. What
 * it is told by options it takes from there, so that a wrong option fails.
 */
export function instanceConnect(machine: Machine, instanceId: string): InstanceConnect {
  const folder = mkdtempSync(join(tmpdir(), 'instance-connect-'));
  const [path, action, calls] = ['bin', 'action', 'calls'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const made of [path, action]) mkdirSync(made);
  writeFileSync(calls, '');
  writeFileSync(
    join(action, 'action.yml'),
    stringify({
      name: 'AWS',
      runs: { using: 'composite', steps: [{ run: 'echo a role is taken', shell: 'bash' }] },
    }),
  );
  writeFileSync(
    join(path, 'aws'),
    `#!/bin/bash
set -euo pipefail
echo "$*" >> ${calls}
[ "$1" = ec2-instance-connect ]
operation=$2
shift 2
declare -A option
while [ $# -gt 0 ]; do option[$1]=$2; shift 2; done
[ "\${option[--instance-id]}" = ${instanceId} ]
case $operation in
send-ssh-public-key)
  file=\${option[--ssh-public-key]}
  key=$(cut -d' ' -f1,2 "\${file#file://}")
  ssh -n -i ${machine.keyFile} -o UserKnownHostsFile=${machine.knownHostsFile} -p ${machine.port} -o BatchMode=yes \\
    "\${option[--instance-os-user]}@${machine.host}" \\
    "echo \\"expiry-time=\\\\\\"\\$(date -d '+${LIFETIME_S} seconds' +%Y%m%d%H%M%S)\\\\\\" $key\\" >> ~/.ssh/authorized_keys"
  echo '{ "Success": true }'
  ;;
open-tunnel) exec nc ${machine.address} "\${option[--remote-port]}" ;;
*) echo "unknown operation $operation" >&2; exit 252 ;;
esac
`,
  );
  chmodSync(join(path, 'aws'), 0o755);
  return {
    path,
    action,
    calls: () =>
      readFileSync(calls, 'utf8')
        .split('\n')
        .filter(line => line !== ''),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
