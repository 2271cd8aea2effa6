import { describe, expect, it } from 'vitest';
import { findingsOf, type ServiceText } from '../../support/compose-projects.ts';

const app = (options: string, more: ServiceText = {}) => ({
  app: {
    image: 'example.org/app:1',
    ports: ['5005:5005'],
    environment: { JAVA_TOOL_OPTIONS: options },
    ...more,
  },
});
const jdwp = (address: string, server = 'y') =>
  `-Xmx1g -agentlib:jdwp=transport=dt_socket,server=${server},suspend=n,address=${address}`;

describe("Java's debugger at a published port", () => {
  it.each<[string, Record<string, ServiceText>, boolean]>([
    ['on all addresses', app(jdwp('*:5005')), true],
    ['on all addresses, in numbers', app(jdwp('0.0.0.0:5005')), true],
    ['by the older option', app('-Xrunjdwp:server=y,transport=dt_socket,address=*:5005'), true],
    ['in a command', app('', { command: ['java', jdwp('*:5005'), '-jar', 'a.jar'] }), true],
    ['on the localhost of the container', app(jdwp('5005')), false],
    ['at another port', app(jdwp('*:8000')), false],
    ['that calls somebody', app(jdwp('*:5005', 'n')), false],
    ['on the localhost of the machine', app(jdwp('*:5005'), { ports: ['127.0.0.1:5005:5005'] }), false],
  ])('is told %s', (_, services, isTold) =>
    expect(findingsOf(services)).toEqual(isTold ? ['open-port: 5005:5005'] : []),
  );
});
