import type { Service } from '../../compose/reader/model.ts';
import { missingVariables } from '../images/demanded-variables.ts';
import { hasVariable, imageOf, isBefore, runsStartScript } from '../images/service-image.ts';
import { isMisplaced } from '../misplaced-environment.ts';
import type { Problem, Rule } from '../rule.ts';
import { inWords } from '../settings/settings-places.ts';

export const imageSettingMissing: Rule = {
  id: 'image-setting-missing',
  title: 'A variable that the image demands is missing',
  severity: 'error',
  why: "The start scripts of the images check some variables and stop the container when one is not set: `ZOOKEEPER_CLIENT_PORT` for ZooKeeper of Confluent, `SCHEMA_REGISTRY_HOST_NAME` and `SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS` for the registry, eight `CONNECT_…` variables for Connect, `KAFKA_REST_BOOTSTRAP_SERVERS` for the REST proxy, `ALLOW_ANONYMOUS_LOGIN` for ZooKeeper of Bitnami, `ALLOW_PLAINTEXT_LISTENER` for its Kafka up to the middle of 2023 (3.4.0, 3.5.0) and `KAFKA_CFG_PROCESS_ROLES` with what belongs to it since, `KAFKA_ZOOKEEPER_CONNECT` and `KAFKA_LISTENERS` for `wurstmeister/kafka`. Confluent's Kafka before 7.4 stops without ZooKeeper, whatever else is set. What Kafka itself needs is in [kraft-setting-missing](#kraft-setting-missing) and [advertised-listener-missing](#advertised-listener-missing).",
  fix: 'Set the variable.',
  example: {
    bad: `services:
  zookeeper:
    image: confluentinc/cp-zookeeper:7.9.2
    environment:
      ZOOKEEPER_TICK_TIME: 2000
`,
    good: `services:
  zookeeper:
    image: confluentinc/cp-zookeeper:7.9.2
    environment:
      ZOOKEEPER_CLIENT_PORT: 2181
`,
  },
  check: ({ model, faults }) =>
    model.services
      .filter(service => !isMisplaced(service, faults))
      .flatMap(service => [...problemOf(service), ...withoutKraft(service)]),
};

function problemOf(service: Service): Problem[] {
  const { environmentComplete, environment, environmentPlace, name } = service;
  if (!environmentComplete || !runsStartScript(service)) return [];
  const missing = missingVariables(service);
  const names = [...new Set(missing.filter(({ saysNo }) => !saysNo).map(each => each.name))];
  const message = `"${name}" has no ${inWords(names)}: the image does not start without.`;
  const absent = { place: environmentPlace, message, hint: `Set ${inWords(names)}.` };
  const refused = missing
    .filter(({ saysNo }) => saysNo)
    .map(({ name: variable }) => ({
      place: environment.get(variable)?.value.place ?? environmentPlace,
      message: `${variable} of "${name}" is not "yes": the image does not start.`,
      hint: 'Write "yes", or set up a login.',
    }));
  return names.length > 0 ? [absent, ...refused] : refused;
}

/** KRaft in an image whose script asks for ZooKeeper first, up to 7.3. */
function withoutKraft(service: Service): Problem[] {
  const image = imageOf(service);
  const roles = service.environment.get('KAFKA_PROCESS_ROLES');
  if (image?.family !== 'confluent' || image.role !== 'kafka' || !isBefore(image, 7, 4)) return [];
  if (!roles || !service.environmentComplete || !runsStartScript(service)) return [];
  if (hasVariable(service, ['KAFKA_ZOOKEEPER_CONNECT'])) return [];
  const message = `Before version 7.4 the image of "${service.name}" starts with ZooKeeper only: without KAFKA_ZOOKEEPER_CONNECT it stops.`;
  return [
    { place: roles.namePlace, message, hint: 'Name an image from 7.4 on, or set KAFKA_ZOOKEEPER_CONNECT.' },
  ];
}
