import { RACK } from '../compose/deployment/node-plan.ts';
import type { Host } from '../host/host.ts';

/**
 * `sh -c ASK`: the availability zone, by the metadata service of EC2 in its second version, which gives a token first. Elsewhere
 * nothing answers at this address, so that nobody waits long; and no proxy has an answer about this machine.
 */
const ASK = `
ask() { curl --silent --fail --noproxy '*' --connect-timeout 0.5 --max-time 2 "$@"; }
from=http://169.254.169.254/latest
token=$(ask --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$from/api/token") || exit 0
ask --header "X-aws-ec2-metadata-token: $token" "$from/meta-data/placement/availability-zone"
:`;

/** The availability zone of a machine. @returns undefined where nobody says: not on EC2, or metadata is turned off */
export async function availabilityZone(host: Host): Promise<string | undefined> {
  const { stdout } = await host.run({ argv: ['sh', '-c', ASK] });
  return RACK.exec(stdout.trim())?.[0];
}
