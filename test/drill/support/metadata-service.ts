import { asRoot, type Machine } from '../../integration/support/lab.ts';

/** What EC2 has at this address for each machine, and the lab has not. */
const ADDRESS = '169.254.169.254';

/** Answers as the second version of EC2's service does: nothing without a token, which only a PUT gives. */
const SERVICE = (zone: string) => `
import http.server
class Service(http.server.BaseHTTPRequestHandler):
    def say(self, status, text=''):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())
    def do_PUT(self):
        asked = self.path == '/latest/api/token' and self.headers['X-aws-ec2-metadata-token-ttl-seconds']
        self.say(200 if asked else 400, 'token-of-this-machine')
    def do_GET(self):
        if self.headers['X-aws-ec2-metadata-token'] != 'token-of-this-machine': return self.say(401)
        found = self.path == '/latest/meta-data/placement/availability-zone'
        self.say(200, '${zone}') if found else self.say(404)
http.server.ThreadingHTTPServer(('${ADDRESS}', 80), Service).serve_forever()
`;

/** Gives a machine a metadata service that says in which zone it is. */
export async function startMetadataService(machine: Machine, zone: string): Promise<void> {
  await asRoot(
    machine,
    `ip address add ${ADDRESS}/32 dev lo
cat >/tmp/metadata.py <<'END'
${SERVICE(zone)}
END
systemd-run --quiet --unit=metadata-service python3 /tmp/metadata.py
for try in $(seq 50); do ss --no-header --listening --tcp --numeric "src ${ADDRESS}:80" | grep -q . && exit; sleep 0.1; done
exit 1`,
  );
}

/** Takes it away: nobody has the address then. */
export const stopMetadataService = (machine: Machine) =>
  asRoot(machine, `systemctl stop metadata-service; ip address del ${ADDRESS}/32 dev lo || true`);
