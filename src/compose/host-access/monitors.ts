import { imageParts } from '../reader/image-name.ts';
import type { Service } from '../reader/model.ts';

/**
 * What programs that report on the machine get of it by their own instructions.
 * Sources: README.md of prometheus/node_exporter ("Docker") and of google/cadvisor ("Quick Start")
 */
const NEEDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['node-exporter', ['network_mode', 'pid']],
  ['cadvisor', ['devices', 'privileged']],
]);

const needsOf = ({ image }: Service): readonly string[] | undefined =>
  NEEDS.get(
    imageParts(image?.text ?? '')
      .name.split('/')
      .at(-1) ?? '',
  );

/** True for a program that reports on the machine: it mounts folders of the machine, read-only. */
export const isMonitor = (service: Service): boolean => needsOf(service) !== undefined;

/** True where such a program has a part of the machine as its instructions say: beside a folder of it, without which it sees nothing. */
export const isNeededByMonitor = (service: Service, part: string): boolean =>
  (needsOf(service)?.includes(part) ?? false) && service.mounts.some(({ type }) => type === 'bind');
