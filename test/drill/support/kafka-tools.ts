import type { Scene } from './drill-case.ts';

const BROKER = '$(docker ps -q --filter label=com.docker.compose.service=kafka-broker-1)';
const SERVERS = '--bootstrap-server kafka-broker-1:9092';

/** One of Kafka's command line tools, in the first broker's container. @returns its standard output */
export const kafkaTool = ({ root }: Scene, name: string, options: string, input = '/dev/null') =>
  root(`docker exec -i ${BROKER} ${name} ${SERVERS} ${options} < ${input}`);

/** Makes a topic with three partitions and three replicas. */
export const makeTopic = (scene: Scene, topic: string, ...settings: string[]) =>
  kafkaTool(
    scene,
    'kafka-topics',
    `--create --topic ${topic} --partitions 3 --replication-factor 3 ${settings.map(each => `--config ${each}`).join(' ')}`,
  );

/** Removes topics, if they are there. */
export const removeTopics = (scene: Scene, ...topics: string[]) =>
  Promise.all(
    topics.map(topic => kafkaTool(scene, 'kafka-topics', `--delete --if-exists --topic '${topic}'`)),
  );
