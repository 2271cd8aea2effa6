import { describe, expect, it } from 'vitest';
import { onAllInterfaces, publishedAt, readPort } from '../../../../src/compose/reader/ports.ts';
import { readSource } from '../../../../src/compose/reader/source.ts';

function read(yaml: string) {
  const [value] = readSource('f', yaml, () => undefined).roots;
  const port = value && readPort(value);
  if (!port) return undefined;
  const { address, published, target, protocol } = port;
  return [
    address ?? '*',
    published && `${published.from}-${published.to}`,
    `${target.from}-${target.to}`,
    protocol,
  ];
}

describe('a published port', () => {
  it.each<[string, ReturnType<typeof read>]>([
    ['9092', ['*', undefined, '9092-9092', 'tcp']],
    ['"9092:19092"', ['*', '9092-9092', '19092-19092', 'tcp']],
    ['9092:19092', ['*', '9092-9092', '19092-19092', 'tcp']],
    ['"127.0.0.1:9092:19092/TCP"', ['127.0.0.1', '9092-9092', '19092-19092', 'tcp']],
    ['"127.0.0.1::9092"', ['127.0.0.1', undefined, '9092-9092', 'tcp']],
    ['"[::1]:9092:9092"', ['::1', '9092-9092', '9092-9092', 'tcp']],
    ['"53:53/udp"', ['*', '53-53', '53-53', 'udp']],
    ['"9000-9002:8000-8002"', ['*', '9000-9002', '8000-8002', 'tcp']],
    ['{target: 80}', ['*', undefined, '80-80', 'tcp']],
    [
      '{target: 80, published: "8080-8090", host_ip: 127.0.0.1, protocol: udp}',
      ['127.0.0.1', '8080-8090', '80-80', 'udp'],
    ],
    ['""', undefined],
    ['null', undefined],
    ['[80]', undefined],
    ['{published: 80}', undefined],
    ['"70000:80"', undefined],
    ['"90-80:80"', undefined],
    ['"a:80:80"', undefined],
    ['"80:80:80:80"', undefined],
    [`"\${P}:80"`, undefined],
    [`{target: 80, published: "\${P}"}`, undefined],
  ])('%s', (yaml, expected) => expect(read(yaml)).toEqual(expected));

  it('is found by the port inside', () => {
    const ports = ['"8080:80"', '"127.0.0.1:9000-9002:90-92"', '"100-110:99"', '"53:53/udp"', '"7"'].flatMap(
      yaml => {
        const [value] = readSource('f', yaml, () => undefined).roots;
        return (value && readPort(value)) ?? [];
      },
    );
    expect([80, 91, 99, 53, 7].map(port => publishedAt(ports, port))).toEqual([
      [{ port: 8080 }],
      [{ address: '127.0.0.1', port: 9001 }],
      [],
      [],
      [],
    ]);
    expect(
      [{}, { address: '0.0.0.0' }, { address: '::' }, { address: '127.0.0.1' }].map(onAllInterfaces),
    ).toEqual([true, true, true, false]);
  });
});
