import type { Service } from '../../compose/reader/model.ts';
import type { Place } from '../../compose/reader/place.ts';
import { healthcheckCommand } from '../commands/service-command.ts';
import { canPass } from '../health-checks/can-pass.ts';
import type { LintContext, Problem, Rule } from '../rule.ts';
import { inWords } from '../settings/settings-places.ts';
import { placeIn } from './command-program-missing.ts';

export const healthcheckFails: Rule = {
  id: 'healthcheck-fails',
  title: 'A health check that cannot pass',
  severity: 'error',
  why: 'A check that never passes leaves its container "unhealthy", and what waits for it with `condition: service_healthy` never starts; where nothing waits for it, this is a warning. Judged is what is certain: a program or an option of the tools of Kafka that the image does not have, a port on which nothing listens, `ruok` and the other words of four letters, of which ZooKeeper since 3.5 answers only `srvr` unless it is told otherwise, a whole command in one item behind `CMD`, a pipe or `||` as a word of `curl` or `wget` behind `CMD`, `curl` alone behind `CMD-SHELL`, a port behind the name that `ping` gets, `/dev/tcp` in a shell that is not bash, a tool that takes the Java agent of `KAFKA_OPTS` with it.',
  fix: 'Ask at an address that answers, with a program that the image has. `["CMD", "bash", "-c", "exec 3<>/dev/tcp/localhost/9092"]` needs nothing but bash.',
  example: {
    bad: `services:
  zookeeper:
    image: confluentinc/cp-zookeeper:7.9.2
    environment: { ZOOKEEPER_CLIENT_PORT: 2181 }
    healthcheck:
      test: echo ruok | nc localhost 2181 | grep imok
  app:
    image: busybox:1.37
    depends_on:
      zookeeper:
        condition: service_healthy
`,
    good: `services:
  zookeeper:
    image: confluentinc/cp-zookeeper:7.9.2
    environment: { ZOOKEEPER_CLIENT_PORT: 2181 }
    healthcheck:
      test: echo srvr | nc localhost 2181 | grep Mode
  app:
    image: busybox:1.37
    depends_on:
      zookeeper:
        condition: service_healthy
`,
  },
  check: context => context.model.services.flatMap(service => problemOf(service, context)),
};

function problemOf(service: Service, context: LintContext): Problem[] {
  const verdict = canPass(service, context);
  if (verdict.canPass !== 'no') return [];
  const waiting = context.model.services
    .filter(({ dependsOn }) =>
      dependsOn.some(each => each.service === service.name && each.condition === 'service_healthy'),
    )
    .map(({ name }) => `"${name}"`);
  const outcome =
    waiting.length > 0 ? `, so ${inWords(waiting)} never ${waiting.length === 1 ? 'starts' : 'start'}` : '';
  const message = `The health check of "${service.name}" never passes${outcome}: ${verdict.reason}.`;
  const problem = { place: placeOfCheck(service, verdict.word), message, hint: verdict.hint };
  return [waiting.length > 0 ? problem : { ...problem, severity: 'warning' }];
}

/** The item of a health check that holds a word, or the word itself. */
export function placeOfCheck(service: Service, word: string | undefined): Place {
  const texts = healthcheckCommand(service)?.texts ?? [];
  const text = texts.find(each => word !== undefined && each.text.includes(word)) ?? texts[0];
  if (!text) return service.healthcheck?.place ?? service.place;
  return word === undefined ? text.place : placeIn(text, word);
}
