import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { readDeployment } from '../../../../src/compose/deployment/deployment.ts';
import { deploymentAt } from '../../../../src/compose/deployment/port-shift.ts';
import { thrownBy } from '../../support/thrown-error.ts';

/** A variable of a compose file with its default. */
const variable = (name: string, port: number | string) => `\${${name}:-${port}}`;

const broker = (published: string, advertised = published, more: object = {}) => ({
  image: 'confluentinc/cp-kafka:7.9.2',
  ports: [`127.0.0.1:${published}:${published}`],
  environment: {
    KAFKA_ZOOKEEPER_CONNECT: 'zk.example:2181',
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'IN:PLAINTEXT,OUT:PLAINTEXT',
    KAFKA_ADVERTISED_LISTENERS: `IN://kafka:9092,OUT://localhost:${advertised}`,
  },
  ...more,
});
const fileOf = (services: object, more: object = {}) => [
  { path: 'kafka.yml', text: stringify({ services, ...more }, { lineWidth: 0 }) },
];
const shifted = (services: object, shift: number, environmentFile?: string) =>
  deploymentAt(
    fileOf(services),
    { readFile: path => (path === '.env' ? environmentFile : undefined) },
    shift,
  );
const portsOf = ({ stack }: ReturnType<typeof deploymentAt>) => stack.publishedPorts.map(({ port }) => port);
const refusalOf = (services: object, shift = 100, more: object = {}) =>
  thrownBy(() => deploymentAt(fileOf(services, more), {}, shift));

describe.each(['zookeeper', 'kraft'])('the stack %s', name => {
  const files = [
    { path: 'docker-compose.yml', text: readFileSync(`stacks/${name}/docker-compose.yml`, 'utf8') },
  ];
  const as = deploymentAt(files, {}, 0);
  const moved = deploymentAt(files, {}, 300);

  it('stays as it is without a shift', () => {
    expect(as).toEqual(readDeployment(files));
    expect(as.files.has('.env')).toBe(false);
    expect(as.cluster.bootstrapServers).toEqual(['localhost:19092', 'localhost:29092', 'localhost:39092']);
  });

  it('has every published port so much higher, and whatever names one follows', () => {
    expect(portsOf(moved)).toEqual(portsOf(as).map(port => port + 300));
    expect(moved.cluster.bootstrapServers).toEqual(['localhost:19392', 'localhost:29392', 'localhost:39392']);
    expect(moved.cluster.brokers.map(({ address }) => address)).toEqual(moved.cluster.bootstrapServers);
    expect(moved.cluster.schemaRegistryUrl).toBe('http://localhost:8381');
    expect(moved.cluster.members.map(({ address }) => address)).toEqual(
      as.cluster.members.map(({ address }) => address?.replace(/\d+$/, port => `${Number(port) + 300}`)),
    );
  });

  it('has its own compose file on the machine, and the ports beside it', () => {
    expect(moved.files.get('docker-compose.yml')).toBe(files[0]?.text);
    const ports = {
      ...(name === 'zookeeper' ? { ZOOKEEPER_PORT: 2481 } : {}),
      ...{ BROKER_1_PORT: 19392, BROKER_2_PORT: 29392, BROKER_3_PORT: 39392, SCHEMA_REGISTRY_PORT: 8381 },
    };
    const lines = Object.entries(ports).map(([variable, port]) => `${variable}=${port}`);
    expect(moved.files.get('.env')?.split('\n').toSorted()).toEqual(
      ['', '# The ports of this environment.', ...lines].toSorted(),
    );
    expect(moved.files.get('.env')).toMatch(/^# .*\n[\s\S]*\n$/);
  });

  it('is by its .env what Docker Compose reads from the machine', () => {
    const onMachine = readDeployment(files, { readFile: path => moved.files.get(path) });
    expect(onMachine.stack).toEqual(moved.stack);
    expect(onMachine.cluster).toEqual(moved.cluster);
  });

  it('advertises what it publishes, and nothing of the ports without a shift is left', () => {
    const { services } = parse(
      (files[0]?.text ?? '').replaceAll(/\$\{(\w+):-\d+\}/g, (_, variable: string) => {
        return new RegExp(`^${variable}=(\\d+)$`, 'm').exec(moved.files.get('.env') ?? '')?.[1] ?? 'none';
      }),
    ) as { services: Record<string, { environment: Record<string, string>; ports: string[] }> };
    for (const [service, { environment, ports }] of Object.entries(services)) {
      const [, outside] = ports[0]?.split(':') ?? [];
      expect(portsOf(moved)).toContain(Number(outside));
      if (service.startsWith('kafka-broker'))
        expect(environment.KAFKA_ADVERTISED_LISTENERS).toMatch(`PLAINTEXT_HOST://localhost:${outside}`);
    }
  });
});

describe("a user's file", () => {
  it('may have variables of any name, with or without a brace and a default', () => {
    const services = {
      a: broker(variable('KAFKA_OUT', 9094)),
      b: broker('$OTHER', `\${OTHER}`),
      c: broker(`\${THIRD-9096}`),
    };
    const { cluster, files } = shifted(services, 200, 'OTHER=9095\n');
    expect(cluster.bootstrapServers).toEqual(['localhost:9294', 'localhost:9295', 'localhost:9296']);
    expect(files.get('.env')).toBe(
      'OTHER=9095\n# The ports of this environment.\nKAFKA_OUT=9294\nOTHER=9295\nTHIRD=9296\n',
    );
  });

  it('keeps what its own .env says, and is moved from the port there', () => {
    const own = 'TAG=7.9.2\nexport KAFKA_OUT="9500" # ours\nPASSWORD=geheim';
    const { cluster, files } = shifted({ a: broker(variable('KAFKA_OUT', 9094)) }, 100, own);
    expect(cluster.bootstrapServers).toEqual(['localhost:9600']);
    expect(files.get('.env')).toBe(`${own}\n# The ports of this environment.\nKAFKA_OUT=9600\n`);
  });

  it('keeps variables that are no published port', () => {
    const port = variable('P', 9094);
    const { environment } = broker(port);
    const a = broker(port, port, {
      environment: { ...environment, KAFKA_OFFSETS_RETENTION_MINUTES: variable('RETENTION', 9999) },
    });
    const services = { a };
    expect(shifted(services, 100).files.get('.env')).toBe('# The ports of this environment.\nP=9194\n');
  });

  it('may publish a service at another port than the one inside', () => {
    const web = { image: 'web:1', ports: [`${variable('WEB', 8080)}:80`] };
    expect(portsOf(shifted({ a: broker(variable('P', 9094)), web }, 100))).toEqual([9194, 8180]);
  });

  it('may publish a port at several addresses', () => {
    const ports = [`127.0.0.1:${variable('P', 9094)}:9094`, `[::1]:${variable('P', 9094)}:9094`];
    const services = { a: broker(variable('P', 9094)), web: { image: 'web:1', ports } };
    expect(portsOf(shifted({ ...services, a: broker(variable('Q', 9095)) }, 100))).toEqual([
      9195, 9194, 9194,
    ]);
  });
});

describe('a file that is not for several environments', () => {
  it('may be deployed without one', () => {
    expect(portsOf(shifted({ a: broker('9094', '9094', { container_name: 'kafka' }) }, 0))).toEqual([9094]);
  });

  it('has a fixed port: the message says what to write', () => {
    const web = { image: 'web:1', ports: ['8080:80', `${variable('TLS', 8443)}:443`] };
    expect(refusalOf({ 'kafka-1': broker('9094'), web })).toMatchObject({
      code: 'compose-file-unsupported',
      message:
        `not for several environments: service kafka-1 publishes port 9094, which every environment would want: write a variable for it, \${KAFKA_1_PORT:-9094}; ` +
        `service web publishes port 8080, which every environment would want: write a variable for it, \${WEB_PORT:-8080}`,
      details: [expect.stringMatching(/^service kafka-1 /), expect.stringMatching(/^service web /)],
    });
  });

  it('has a fixed port that a variable of another place happens to have, too', () => {
    const ports = ['127.0.0.1:9094:9094', `[::1]:${variable('P', 9094)}:9094`];
    const error = refusalOf({ a: broker(variable('Q', 9095)), web: { image: 'web:1', ports } });
    expect(error.message).toMatch(/^not for several environments: service web publishes port 9094, which/);
    expect(error.details).toEqual([]);
  });

  it.each<[string, object]>([
    ['advertises', broker(variable('P', 9094), '9094')],
    ['publishes', { ...broker(variable('P', 9094)), ports: ['127.0.0.1:9094:9094'] }],
  ])('%s a port that does not follow', (_, service) => {
    expect(refusalOf({ a: service }).message).toMatch(
      /^not for several environments: what advertises a port must name the same variable as what publishes it; once the ports are moved, broker a advertises no address/,
    );
  });

  it.each<[string, object, object, string]>([
    ['container', { container_name: 'kafka' }, {}, 'the container of service a is called kafka'],
    ['volume', {}, { volumes: { data: { name: 'kafka-data' } } }, 'volume data is called kafka-data'],
    ['network', {}, { networks: { net: { name: 'kafka-net' } } }, 'network net is called kafka-net'],
  ])('has a fixed name for a %s', (_, service, more, words) => {
    const error = refusalOf({ a: broker(variable('P', 9094), undefined, service) }, 100, more);
    expect(error.message).toBe(
      `not for several environments: ${words}, which every environment would want: leave the name out`,
    );
  });

  it('has a name by a variable, which an environment may set: that is let pass', () => {
    const container = { container_name: `kafka-\${NAME:-x}` };
    expect(portsOf(shifted({ a: broker(variable('P', 9094), undefined, container) }, 100))).toEqual([9194]);
  });

  it('would have ports that there are not, and only these are told', () => {
    const services = { a: broker(variable('P', 65_500)), b: broker(variable('Q', 9094)) };
    expect(portsOf(shifted(services, 35))).toEqual([65_535, 9129]);
    expect(refusalOf(services, 36)).toMatchObject({
      message: 'not for several environments: service a publishes port 65500: there is none 36 higher',
    });
  });

  it('has everything that is wrong told at once', () => {
    const services = {
      a: broker(variable('P', 65_500), undefined, { container_name: 'kafka' }),
      b: broker('9094'),
    };
    expect(refusalOf(services).details).toHaveLength(3);
  });
});
