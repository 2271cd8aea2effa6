import {
  type Image,
  imageFacts,
  isNewest,
  kafkaVersion,
  knownImage,
  readImage,
} from '../../compose/kafka/images.ts';
import type { Service } from '../../compose/reader/model.ts';
import { programOf } from './missing-programs.ts';
import type { ShellScript } from './shell-script.ts';

/** An option of one of Kafka's tools that the tool in the image refuses. */
export interface RemovedOption {
  readonly program: string;
  readonly option: string;
  /** The major version of Kafka without it. */
  readonly since: number;
  readonly instead: string;
}

interface Row {
  readonly tools: readonly string[];
  readonly option: string;
  readonly since: number;
  readonly instead: string;
}

const BY_BROKER = 'Write --bootstrap-server with the address of a broker.';

/** Source: the notable changes in 2.0.0, 3.0.0 and 4.0.0 in docs/upgrade.html of apache/kafka; 4.0 has no client of ZooKeeper at all. */
const ROWS: readonly Row[] = [
  {
    tools: ['kafka-console-consumer', 'kafka-consumer-groups'],
    option: '--zookeeper',
    since: 2,
    instead: BY_BROKER,
  },
  {
    tools: ['kafka-topics', 'kafka-reassign-partitions'],
    option: '--zookeeper',
    since: 3,
    instead: BY_BROKER,
  },
  { tools: ['kafka-configs'], option: '--zookeeper', since: 4, instead: BY_BROKER },
  { tools: ['kafka-acls'], option: '--authorizer-properties', since: 4, instead: BY_BROKER },
];

/** The options in a script that the tools of the service's image certainly no longer have; with one the tool says so and fails. */
export function removedOptions(service: Service, { commands }: ShellScript): RemovedOption[] {
  const image = service.image && readImage(service.image);
  const version = image && !service.builds ? majorOf(image) : undefined;
  if (version === undefined) return [];
  return commands.flatMap(({ words, mayFail }) => {
    const program = mayFail ? undefined : programOf(words);
    const tool = program?.replace(/^.*\//, '').replace(/\.sh$/, '') ?? '';
    return ROWS.filter(
      ({ tools, option, since }) =>
        tools.includes(tool) &&
        version >= since &&
        words.some(word => word === option || word.startsWith(`${option}=`)),
    ).map(({ option, since, instead }) => ({ program: program ?? tool, option, since, instead }));
  });
}

/** The major version of Kafka's tools in an image; undefined when it is not known. */
function majorOf(image: Image): number | undefined {
  const facts = imageFacts(image);
  const family = knownImage(image)?.family ?? (facts?.platform === 'confluent' ? 'confluent' : undefined);
  if (!family) return undefined;
  const isLatestOfAll = isNewest(image) && !facts?.latestHasZooKeeper && facts?.ends === undefined;
  return kafkaVersion(image, family)?.major ?? (isLatestOfAll ? 4 : undefined);
}
