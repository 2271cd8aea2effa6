import type { Service } from '../../compose/reader/model.ts';
import { foreignVariables, withPrefixOfBitnami } from '../images/foreign-variables.ts';
import { hasVariable } from '../images/service-image.ts';
import type { Problem, Rule } from '../rule.ts';

export const variableOfAnotherImage: Rule = {
  id: 'variable-of-another-image',
  title: 'A variable that only another image reads',
  severity: 'warning',
  why: 'The images of one program have variables of different names: a ZooKeeper of Confluent reads `ZOOKEEPER_CLIENT_PORT`, the official one `ZOO_PORT` (up to 3.4) and one of Bitnami `ZOO_PORT_NUMBER`. Settings of Kafka begin in the image of Bitnami with `KAFKA_CFG_`, in others with `KAFKA_`. A name that was kept when the image changed has no effect, without a word.',
  fix: 'Write the name that this image reads, or take the variable out.',
  example: {
    bad: `services:
  zookeeper:
    image: zookeeper:3.9
    environment:
      ZOOKEEPER_TICK_TIME: 2000
`,
    good: `services:
  zookeeper:
    image: zookeeper:3.9
    environment:
      ZOO_TICK_TIME: 2000
`,
  },
  check: ({ model }) =>
    model.services.flatMap(service => [...problemsOf(service), ...prefixProblems(service)]),
};

/** One mistake, however many settings have the prefix. */
function prefixProblems(service: Service): Problem[] {
  return withPrefixOfBitnami(service).flatMap(({ name, instead }) => {
    const place = service.environment.get(name)?.namePlace;
    // Some write both, for one file with either image.
    const isForEither =
      service.environment.get(instead)?.value.text === service.environment.get(name)?.value.text;
    if (!place || isForEither) return [];
    const message = `The image of "${service.name}" makes no setting of Kafka of ${name}: KAFKA_CFG_ is the prefix of Bitnami's image.`;
    const hint = 'Write KAFKA_… without CFG_.';
    return [{ place, cause: 'KAFKA_CFG_', message, hint, proposal: instead }];
  });
}

function problemsOf(service: Service): Problem[] {
  return foreignVariables(service).flatMap(({ name, reader, instead }) => {
    const place = service.environment.get(name)?.namePlace;
    const own = /^Write (\w+)\.$/.exec(instead)?.[1];
    // Some write both, for one file with either image.
    if (!place || (own && hasVariable(service, [own]))) return [];
    const message = `The image of "${service.name}" does not read ${name}, a variable of ${reader}.`;
    return [{ place, cause: name, message, hint: instead, proposal: own }];
  });
}
