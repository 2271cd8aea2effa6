import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readDeployment } from '../../../../src/compose/deployment/deployment.ts';
import {
  fromRegistry,
  hostOf,
  imageAt,
  REGISTRY_FILE,
  servicesFrom,
} from '../../../../src/compose/deployment/image-registry.ts';
import { deploymentOf } from '../../support/stacks.ts';
import { thrownBy } from '../../support/thrown-error.ts';

const MIRROR = 'mirror.example:5000/docker-hub';
const DIGEST = `sha256:${'ab'.repeat(32)}`;

describe('an image of Docker Hub has its name at the registry', () => {
  it.each([
    ['redis', 'library/redis'],
    ['redis:7', 'library/redis:7'],
    [`redis@${DIGEST}`, `library/redis@${DIGEST}`],
    [`redis:7@${DIGEST}`, `library/redis:7@${DIGEST}`],
    ['library/redis', 'library/redis'],
    ['confluentinc/cp-kafka:7.9.2', 'confluentinc/cp-kafka:7.9.2'],
    ['docker.io/redis:7', 'library/redis:7'],
    ['docker.io/x/y', 'x/y'],
    ['index.docker.io/x/y:1', 'x/y:1'],
    [`registry-1.docker.io/x/y:1@${DIGEST}`, `x/y:1@${DIGEST}`],
    ['registry.hub.docker.com/library/redis', 'library/redis'],
    ['a/b/c', 'a/b/c'],
  ])('%s', (image, path) => {
    expect(imageAt(MIRROR, image)).toBe(`${MIRROR}/${path}`);
    expect(imageAt('docker.io', image)).toBe(image);
  });

  it.each([
    'ghcr.io/x/y:1',
    'quay.io/debezium/kafka:3.0',
    'localhost/x',
    'localhost:5000/x/y',
    'registry:5000/x',
    'mirror.example/confluentinc/cp-kafka:7.9.2',
    'Registry/x',
    'docker.io.example/x/y',
    '',
  ])('and one of another registry keeps its own: "%s"', image => {
    expect(imageAt(MIRROR, image)).toBe(image);
  });
});

describe('the services whose image comes from a registry', () => {
  const images = new Map([
    ['a', 'mirror.example/docker-hub/x/y'],
    ['b', 'mirror.example/team/z:1'],
    ['c', 'ghcr.io/x/y'],
    ['d', 'redis'],
  ]);
  it('are those of its host, whatever the path', () => {
    expect(servicesFrom('mirror.example/docker-hub', images)).toEqual(['a', 'b']);
    expect(servicesFrom('docker.io', images)).toEqual(['d']);
    expect(servicesFrom('mirror.example:5000', images)).toEqual([]);
  });
  it('are asked for by the host alone, and Docker Hub by one name', () => {
    expect(hostOf(MIRROR)).toBe('mirror.example:5000');
    expect(hostOf('registry-1.docker.io')).toBe('docker.io');
  });
});

describe('a deployment from a registry', () => {
  const text = readFileSync('stacks/kraft/docker-compose.yml', 'utf8');
  const plain = deploymentOf(text);
  const deployment = fromRegistry(plain, MIRROR, false);

  it('leaves the compose file as it is, and has one more that names the images', () => {
    expect(deployment.files.get('docker-compose.yml')).toBe(text);
    expect(deployment.composeFiles).toEqual(['docker-compose.yml', REGISTRY_FILE]);
    expect(deployment.stack.images).toEqual([
      `${MIRROR}/confluentinc/cp-kafka:8.1.1`,
      `${MIRROR}/confluentinc/cp-schema-registry:8.1.1`,
    ]);
  });

  it('is what Docker Compose reads from the machine, with the same cluster', () => {
    const files = deployment.composeFiles.map(path => ({ path, text: deployment.files.get(path) ?? '' }));
    const { stack, cluster } = readDeployment(files);
    expect(stack).toEqual(deployment.stack);
    expect(cluster).toEqual(plain.cluster);
  });

  it('keeps what needs a login from being pulled again later', () => {
    const withLogin = fromRegistry(plain, MIRROR, true).files.get(REGISTRY_FILE);
    expect(withLogin?.match(/pull_policy: missing/g)).toHaveLength(4);
    expect(deployment.files.get(REGISTRY_FILE)).not.toContain('pull_policy');
    const hub = fromRegistry(plain, 'docker.io', true).files.get(REGISTRY_FILE);
    expect(hub?.match(/pull_policy: missing/g)).toHaveLength(4);
    expect(hub).not.toContain('image:');
  });

  it('is the same deployment when no image is of Docker Hub', () => {
    const own = deploymentOf(text.replaceAll('confluentinc/', 'ghcr.io/confluentinc/'));
    expect(fromRegistry(own, MIRROR, true)).toBe(own);
  });

  it("refuses a file of the user's that has the name of its own", () => {
    const files = [
      { path: 'docker-compose.yml', text },
      { path: REGISTRY_FILE, text: 'services: {}\n' },
    ];
    expect(thrownBy(() => fromRegistry(readDeployment(files), MIRROR, false))).toMatchObject({
      code: 'compose-file-unsupported',
      message: expect.stringContaining(`${REGISTRY_FILE} is the name of a file of the action's own`),
    });
  });
});
