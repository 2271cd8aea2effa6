import { Authority, type Certificate, continued } from '../../support/certificates.ts';
import { asRoot, type Machine } from './lab.ts';

/** Where its broker listens on the machine, by what it asks for there. */
export const SECURED = {
  scram: 'localhost:19094',
  plain: 'localhost:19095',
  mutual: 'localhost:19096',
  expired: 'localhost:19097',
  wrongName: 'localhost:19098',
  registry: 'https://localhost:18443',
} as const;
/** Characters that JAAS, properties files and JSON each write in their own way. */
export const PASSWORD = 'sc"ram=\\1 ;';
const REGISTRY_USER = 'reader:open:sesame';

const SERVER = `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@localhost:19999
controller.listener.names=CONTROLLER
listeners=CONTROLLER://127.0.0.1:19999,INTERNAL://127.0.0.1:19993,SCRAM://127.0.0.1:19094,PLAIN://127.0.0.1:19095,MUTUAL://127.0.0.1:19096,EXPIRED://127.0.0.1:19097,WRONG://127.0.0.1:19098
advertised.listeners=INTERNAL://localhost:19993,SCRAM://localhost:19094,PLAIN://localhost:19095,MUTUAL://localhost:19096,EXPIRED://localhost:19097,WRONG://localhost:19098
listener.security.protocol.map=CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT,SCRAM:SASL_SSL,PLAIN:SASL_SSL,MUTUAL:SSL,EXPIRED:SSL,WRONG:SSL
inter.broker.listener.name=INTERNAL
log.dirs=/tmp/data
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
ssl.keystore.type=PEM
ssl.keystore.location=/secured/broker.pem
ssl.truststore.type=PEM
ssl.truststore.location=/secured/ca.pem
listener.name.scram.sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.scram.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.plain.sasl.enabled.mechanisms=PLAIN
listener.name.plain.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_alice="plain";
listener.name.mutual.ssl.client.auth=required
listener.name.expired.ssl.keystore.type=PEM
listener.name.expired.ssl.keystore.location=/secured/expired.pem
listener.name.wrong.ssl.keystore.type=PEM
listener.name.wrong.ssl.keystore.location=/secured/wrong-name.pem
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS;User:alice;User:CN=client
`;

/** One broker with a listener for each way in, on the machine's own network: all of its ports are on 127.0.0.1. */
const COMPOSE = `services:
  secured:
    image: confluentinc/cp-kafka:7.9.2
    network_mode: host
    environment:
      KAFKA_HEAP_OPTS: -Xmx192m
    volumes:
      - ./:/secured:ro
    command:
      - bash
      - -c
      - >-
        kafka-storage format --cluster-id AAAAAAAAAAAAAAAAAAAAAA --config /secured/server.properties
        --add-scram "$$(cat /secured/alice)" --add-scram 'SCRAM-SHA-512=[name=mallory,password=mallory]' &&
        exec kafka-run-class kafka.Kafka /secured/server.properties
`;

/** A proxy with https that lets one user pass to the registry of the machine. */
const REGISTRY = `import base64, http.server, ssl, urllib.error, urllib.request
WANTED = 'Basic ' + base64.b64encode(b'${REGISTRY_USER}').decode()
class Proxy(http.server.BaseHTTPRequestHandler):
    def handle_any(self):
        if self.headers.get('Authorization') != WANTED:
            status, body = 401, b'{"error_code":40101}'
        else:
            length = int(self.headers.get('Content-Length') or 0)
            data = self.rfile.read(length) if length else None
            headers = {'Content-Type': self.headers.get('Content-Type') or 'application/json'}
            request = urllib.request.Request('http://localhost:8081' + self.path, data, headers, method=self.command)
            try:
                with urllib.request.urlopen(request) as answer:
                    status, body = answer.status, answer.read()
            except urllib.error.HTTPError as error:
                status, body = error.code, error.read()
        self.send_response(status)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    do_GET = do_POST = do_PUT = do_DELETE = handle_any
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain('/srv/secured/broker.pem')
server = http.server.ThreadingHTTPServer(('127.0.0.1', 18443), Proxy)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
`;

/** What a test needs to know of the cluster to get in. */
export interface SecuredCluster {
  readonly authority: string;
  readonly stranger: string;
  readonly client: Certificate;
}

/** Starts a broker with TLS, SASL and rules on a machine that has Docker, and a registry with https beside it. */
export async function startSecuredCluster(machine: Machine): Promise<SecuredCluster> {
  const authority = new Authority('ca');
  const other = new Authority('other');
  try {
    const shown = ({ certificate, key }: Certificate) => `${key}${certificate}${authority.certificate}`;
    const files = {
      'docker-compose.yml': COMPOSE,
      'server.properties': SERVER,
      'registry.py': REGISTRY,
      alice: `SCRAM-SHA-512=[name=alice,password=${PASSWORD}]`,
      'ca.pem': authority.certificate,
      'broker.pem': shown(authority.issue({ name: 'localhost' })),
      'expired.pem': shown(authority.issue({ name: 'expired', names: 'DNS:localhost', hasExpired: true })),
      'wrong-name.pem': shown(authority.issue({ name: 'kafka.example' })),
    };
    const write = Object.entries(files).map(
      ([name, text]) => `base64 -d >${name} <<<'${Buffer.from(text).toString('base64')}'`,
    );
    const ports = [...Object.values(SECURED)].map(address => address.replace(/^.*:/, ''));
    await asRoot(
      machine,
      `mkdir -p /srv/secured && cd /srv/secured
${write.join('\n')}
/usr/local/bin/docker-compose up -d 2>&1
systemd-run --quiet --unit=secured-registry python3 /srv/secured/registry.py
for port in ${ports.join(' ')}; do
  for attempt in {1..300}; do (exec 3<>/dev/tcp/127.0.0.1/$port) 2>/dev/null && continue 2; sleep 0.2; done
  /usr/local/bin/docker-compose logs --tail 20; exit 1
done`,
    );
    return {
      authority: authority.certificate,
      stranger: other.certificate,
      client: authority.issue({ name: 'client' }),
    };
  } finally {
    authority.remove();
    other.remove();
  }
}

export async function stopSecuredCluster(machine: Machine): Promise<void> {
  await asRoot(
    machine,
    'systemctl stop secured-registry; cd /srv/secured && /usr/local/bin/docker-compose down --volumes 2>&1; rm -rf /srv/secured',
  );
}

/** A text in quotes, as JAAS writes it, in a value of a properties file. */
const quoted = (text: string) =>
  `"${text.replaceAll(/["\\]/g, '\\$&')}"`.replaceAll('\\', '\\\\').replaceAll('é', '\\u00e9');

/** The lines of a client.properties file for a user of SCRAM, and for the registry. */
export const scramProperties = (authority: string, username = 'alice', password = PASSWORD): string =>
  `security.protocol=SASL_SSL
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \\
  username="${username}" password=${quoted(password)};
ssl.truststore.type=PEM
ssl.truststore.certificates=${continued(authority)}
schema.registry.ssl.truststore.certificates=${continued(authority)}
basic.auth.credentials.source=USER_INFO
basic.auth.user.info=${REGISTRY_USER}
`;

export const mutualProperties = ({ authority, client }: SecuredCluster): string =>
  `security.protocol=SSL
ssl.truststore.certificates=${continued(authority)}
ssl.keystore.certificate.chain=${continued(client.certificate)}
ssl.keystore.key=${continued(client.key)}
`;
