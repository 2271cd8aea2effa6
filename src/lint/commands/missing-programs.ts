import { type Image, isLatest, knownImage, readImage, readVersion } from '../../compose/kafka/images.ts';
import type { Service } from '../../compose/reader/model.ts';
import type { ShellScript } from './shell-script.ts';

/** A program that an image does not have, and what it has instead. */
export interface MissingProgram {
  readonly program: string;
  readonly instead: string;
}

/** The scripts in Kafka's `bin`, without their ending. */
const KAFKA_TOOL =
  /^(kafka-(?:acls|broker-api-versions|cluster|configs|console-consumer|console-producer|consumer-groups|consumer-perf-test|delete-records|features|get-offsets|leader-election|log-dirs|metadata-quorum|metadata-shell|producer-perf-test|reassign-partitions|run-class|server-start|server-stop|storage|topics|verifiable-consumer|verifiable-producer)|zookeeper-shell)(\.sh)?$/;
const DEV_TCP = 'bash -c "exec 3<>/dev/tcp/localhost/PORT"';

/** Images of Confluent's that are built on `cp-base-java` since 8.1: `ub`, but neither `cub` nor `dub`, `nc` and `wget`. */
const SMALL_SINCE_8_1 = new Set(
  ['cp-kafka', 'cp-server', 'cp-schema-registry', 'cp-kafka-connect', 'cp-kafka-connect-base'].concat([
    'cp-server-connect',
    'cp-server-connect-base',
  ]),
);
const IN_DOCKER_UTILS = ['cub', 'dub'];
const NETCATS = ['nc', 'ncat', 'netcat'];

/**
 * The old shell of MongoDB, in what often stands beside Kafka.
 * Source: https://www.mongodb.com/docs/manual/release-notes/6.0-compatibility/#removed-legacy-mongo-shell
 */
const OLD_MONGO_SHELL = { program: 'mongo', image: 'mongo', goneSince: 6, instead: 'Write mongosh.' };

/**
 * What an image has instead of a program that it certainly does not have; undefined when it has it, or that is not known.
 * Sources: the Dockerfiles in confluentinc/kafka-images, confluentinc/schema-registry-images and confluentinc/common-docker (tags
 * v5.4 to v8.4), docker/ in apache/kafka, bitnami/containers, wurstmeister/kafka-docker and 31z4/zookeeper-docker.
 */
function insteadOf(program: string, words: readonly string[], image: Image): string | undefined {
  const [, owner = '', name = ''] = /^(?:(.*)\/)?([^/]+)$/.exec(image.repository) ?? [];
  if (owner === 'confluentinc' && name.startsWith('cp-'))
    return insteadInConfluent(program, words, name, image);
  if (image.repository === OLD_MONGO_SHELL.image) return insteadInMongo(program, image);
  const known = knownImage(image);
  if (known === undefined) return undefined;
  if (IN_DOCKER_UTILS.includes(program)) {
    return known.family === 'confluent-local' ? `Write ub.` : `Write ${DEV_TCP}.`;
  }
  if (known.role !== 'kafka') return undefined;
  const [, tool] = KAFKA_TOOL.exec(program.replace(/^.*\//, '')) ?? [];
  if (known.family === 'apache') return insteadInApache(program, tool, name.endsWith('-native'));
  const isConfluent = known.family === 'confluent-local';
  if (tool === undefined || program.endsWith('.sh') === !isConfluent || program.includes('/'))
    return undefined;
  return `Write ${isConfluent ? tool : `${tool}.sh`}.`;
}

function insteadInMongo(program: string, image: Image): string | undefined {
  const major = readVersion(image.tag?.text)?.major ?? (isLatest(image) ? Number.POSITIVE_INFINITY : 0);
  const isGone = program === OLD_MONGO_SHELL.program && major >= OLD_MONGO_SHELL.goneSince;
  return isGone ? OLD_MONGO_SHELL.instead : undefined;
}

function insteadInConfluent(
  program: string,
  words: readonly string[],
  name: string,
  image: Image,
): string | undefined {
  const [, tool, ending] =
    KAFKA_TOOL.exec(program.replace(/^\/opt\/(?:kafka|bitnami\/kafka)\/bin\//, '')) ?? [];
  if (tool !== undefined && (ending !== undefined || program.includes('/'))) return `Write ${tool}.`;
  const version = readVersion(image.tag?.text);
  const isSmall = version
    ? version.major > 8 || (version.major === 8 && version.minor >= 1)
    : isLatest(image);
  if (!SMALL_SINCE_8_1.has(name) || !isSmall) return undefined;
  if (IN_DOCKER_UTILS.includes(program)) {
    // Its tasks are `cub`'s but for ZooKeeper's.
    return words.includes('zk-ready')
      ? 'Name version 7.9.2 of the image, which has it: ub has no zk-ready.'
      : 'Write ub, which has the same commands.';
  }
  return [...NETCATS, 'wget'].includes(program) ? `Write ${DEV_TCP}.` : undefined;
}

/** Kafka is in /opt/kafka, which is not on the path; the image compiled to a program of its own has no scripts at all. */
function insteadInApache(program: string, tool: string | undefined, isNative: boolean): string | undefined {
  if (tool === undefined || /^\.{0,2}\/(?!opt\/(?:kafka|bitnami)\/|usr\/|bin\/)/.test(program))
    return undefined;
  if (isNative) return `This image has none of Kafka's tools: write ${DEV_TCP}.`;
  const path = `/opt/kafka/bin/${tool}.sh`;
  return program === path ? undefined : `Write ${path}.`;
}

const PATHS = ['/bin', '/sbin', '/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/opt'];
/** What makes programs of its own, or looks for them elsewhere. */
const CHANGES =
  /\bPATH=|\balias\b|\bcd\s|\b(?:apk|apt|apt-get|dnf|microdnf|yum|pip|pip3)\s|\(\)\s*\{|<<|\bfunction\b/;

/** The programs that a script must run and that the image of its service certainly does not have. */
export function missingPrograms(service: Service, { commands }: ShellScript, raw: string): MissingProgram[] {
  const image = service.image && readImage(service.image);
  if (!image || service.builds || CHANGES.test(raw) || service.environment.has('PATH')) return [];
  const isMounted = service.mounts.some(({ target }) =>
    PATHS.some(path => `${target}/`.startsWith(`${path}/`)),
  );
  if (isMounted) return [];
  return commands.flatMap(({ words, mayFail }) => {
    const program = mayFail ? undefined : programOf(words);
    const instead = program && insteadOf(program, words, image);
    return program && instead ? [{ program, instead }] : [];
  });
}

/** The program of a command; `timeout 5 NAME` runs NAME. */
export function programOf(words: readonly string[]): string | undefined {
  if (words[0] !== 'timeout') return words[0];
  return words.slice(1).find(word => !word.startsWith('-') && !/^\d+[smhd]?$/.test(word));
}
