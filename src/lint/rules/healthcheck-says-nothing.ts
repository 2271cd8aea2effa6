import type { Service } from '../../compose/reader/model.ts';
import { healthcheckCommand } from '../commands/service-command.ts';
import { canPass } from '../health-checks/can-pass.ts';
import { formFault } from '../health-checks/form.ts';
import type { LintContext, Problem, Rule } from '../rule.ts';
import { placeOfCheck } from './healthcheck-fails.ts';

export const healthcheckSaysNothing: Rule = {
  id: 'healthcheck-says-nothing',
  title: 'A health check that says nothing, or less than is written',
  severity: 'warning',
  why: 'What waits for a check that always passes goes on before the service is up, and a service that has failed still counts as healthy. Behind `CMD` there is no shell: `|` and `||` are words that the program gets. Behind `CMD-SHELL`, and behind `sh -c`, the next item alone is run. `|| true` and `exit 0` make a success of every failure, and with `--version` a tool prints its version and asks nobody.',
  fix: 'Write the whole line as one text behind `CMD-SHELL`, and let it end with the command that asks.',
  example: {
    bad: `services:
  zookeeper:
    image: confluentinc/cp-zookeeper:7.9.2
    environment: { ZOOKEEPER_CLIENT_PORT: 2181 }
    healthcheck:
      test: ['CMD', 'echo', 'srvr', '|', 'nc', 'localhost', '2181']
`,
    good: `services:
  zookeeper:
    image: confluentinc/cp-zookeeper:7.9.2
    environment: { ZOOKEEPER_CLIENT_PORT: 2181 }
    healthcheck:
      test: ['CMD-SHELL', 'echo srvr | nc localhost 2181 | grep Mode']
`,
  },
  check: context => context.model.services.flatMap(service => problemOf(service, context)),
};

function problemOf(service: Service, context: LintContext): Problem[] {
  const command = healthcheckCommand(service);
  const fault = command && formFault(command);
  if (!fault || fault.outcome === 'fails' || canPass(service, context).canPass === 'no') return [];
  const what = fault.outcome === 'cut' ? 'asks something else than is written' : 'says nothing about it';
  const message = `The health check of "${service.name}" ${what}: ${fault.reason}.`;
  return [{ place: placeOfCheck(service, fault.word), message, hint: fault.hint }];
}
