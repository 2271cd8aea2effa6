import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path/posix';
import { expect, it, vi } from 'vitest';
import { readDeployment } from '../../../src/compose/deployment/deployment.ts';

// Paths as a runner with Windows joins them: those of the machine must not be among them.
vi.mock('node:path', () => import('node:path/win32'));

const KAFKA = `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.2
    env_file: env/broker.env
    ports: ["127.0.0.1:9094:9094"]
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zk:2181
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: IN:PLAINTEXT,OUT:PLAINTEXT
      KAFKA_ADVERTISED_LISTENERS: IN://kafka:9092,OUT://localhost:9094
`;

it('a compose file with CRLF goes to the machine with the files that it names, by paths with slashes', () => {
  const texts: Record<string, string> = {
    'ci/env/broker.env': 'KAFKA_BROKER_ID=7\r\n',
    'ci/.env': 'TAG=7.9.2\r\n',
  };
  const { files, composeFiles, cluster } = readDeployment(
    [
      { path: 'ci/kafka.yml', text: KAFKA.replaceAll('\n', '\r\n') },
      { path: 'ci/more/limits.yml', text: 'services:\r\n  kafka:\r\n    mem_limit: 1g\r\n' },
    ],
    { readFile: path => texts[path] },
  );
  expect(composeFiles).toEqual(['docker-compose.yml', 'more/limits.yml']);
  expect([...files.keys()].toSorted()).toEqual([
    '.env',
    'docker-compose.yml',
    'env/broker.env',
    'more/limits.yml',
  ]);
  expect(cluster.bootstrapServers).toEqual(['localhost:9094']);
});

it('nothing that joins paths of the machine, or of the repository, takes those of the runner', () => {
  const root = join(import.meta.dirname.replaceAll('\\', '/'), '../../../src');
  const files = globSync(
    ['compose', 'machine', 'steps', 'report', 'lint'].map(layer => `${layer}/**/*.ts`),
    {
      cwd: root,
    },
  );
  expect(files.length).toBeGreaterThan(100);
  const native = /^import (?!\{ posix \}).* from '(node:)?path';$/m;
  expect(files.filter(file => native.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
});
