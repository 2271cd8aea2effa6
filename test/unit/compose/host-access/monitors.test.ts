import { describe, expect, it } from 'vitest';
import { hostAccessOf } from '../../../../src/compose/host-access/host-access.ts';
import { loadCompose } from '../../../../src/compose/reader/load.ts';

function accessOf(image: string, lines: readonly string[], isStranger: boolean): string[] {
  const text = `services:\n  app:\n    image: ${image}\n${lines.map(line => `    ${line}\n`).join('')}`;
  const { model } = loadCompose([{ path: 'compose.yml', text }]);
  const look = isStranger
    ? ({ model, isStranger } as const)
    : ({ model, isStranger, foldersAbove: 0 } as const);
  return hostAccessOf(look).map(({ message }) => message);
}

const NODE = ['pid: host', 'network_mode: host', "volumes: ['/:/host:ro,rslave']"];
const CADVISOR = ['privileged: true', 'devices: [/dev/kmsg]', "volumes: ['/:/rootfs:ro', '/sys:/sys:ro']"];

describe('a program that reports on the machine', () => {
  it.each<[string, string, readonly string[], number]>([
    ['the node exporter as its README has it', 'prom/node-exporter:v1.8.2', NODE, 0],
    ['the node exporter from another registry', 'quay.io/prometheus/node-exporter', NODE, 0],
    ['cAdvisor as its README has it', 'gcr.io/cadvisor/cadvisor:v0.49.1', CADVISOR, 0],
    ['a node exporter that may do anything', 'prom/node-exporter:v1.8.2', ['privileged: true'], 1],
    ['a node exporter that may write', 'prom/node-exporter:v1.8.2', ["volumes: ['/:/host']"], 1],
    ['cAdvisor that sees nothing of it', 'gcr.io/cadvisor/cadvisor:v0.49.1', ['privileged: true'], 1],
    ['another program', 'example.org/exporter:1', NODE, 3],
  ])('may have what it needs: %s', (_, image, lines, count) => {
    expect(accessOf(image, lines, false)).toHaveLength(count);
  });

  it('has it all told to whoever runs the file of a stranger', () => {
    expect(accessOf('prom/node-exporter:v1.8.2', NODE, true)).toHaveLength(3);
  });
});
