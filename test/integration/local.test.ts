import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { actionErrorIn } from '../../src/errors.ts';
import { kafkaClients } from '../../src/kafka/client.ts';
import type { ClientSecurity } from '../../src/kafka/security/client-security.ts';
import { nullLogger } from '../support/null-logger.ts';
import { hostOf } from './support/kafka.ts';
import { asRoot, deployTo, type Machine, ROOT, startMachine, stopMachine } from './support/lab.ts';
import { watchArguments } from './support/process-list.ts';
import {
  mutualProperties,
  PASSWORD,
  SECURED,
  type SecuredCluster,
  scramProperties,
  startSecuredCluster,
  stopSecuredCluster,
} from './support/secured-cluster.ts';

/** The action as a self-hosted runner on the machine itself would start it: no SSH, host is localhost. */
describe('the runner itself as the machine', () => {
  let machine: Machine;

  beforeAll(async () => {
    machine = await startMachine('test-local');
    const node = realpathSync(process.execPath);
    const copy = [
      `tar -C '${ROOT}' -cf - dist stacks client | '${ROOT}/lab/lab' root test-local -- tar -xf - -C /opt`,
      `'${ROOT}/lab/lab' root test-local -- sh -c 'cat >/opt/node && chmod 755 /opt/node' <'${node}'`,
    ];
    for (const command of copy) execFileSync('bash', ['-o', 'pipefail', '-c', command]);
  });
  afterAll(() => stopMachine('test-local'));

  /** Runs it as ec2-user with the defaults of action.yml; returns its log and its outputs file. */
  async function run(inputs: Record<string, string>) {
    const { inputs: known } = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as {
      inputs: Record<string, { default?: string }>;
    };
    const variables = Object.entries(known).map(
      ([name, { default: value = '' }]) => `'INPUT_${name.toUpperCase()}=${inputs[name] ?? value}'`,
    );
    const files = 'rm -f /tmp/output; touch /tmp/output; chown ec2-user /tmp/output';
    const environment = [
      'GITHUB_OUTPUT=/tmp/output',
      'RUNNER_TEMP=/tmp',
      'HOME=/home/ec2-user',
      ...variables,
    ].join(' ');
    const log = await asRoot(
      machine,
      `${files}; runuser -u ec2-user -- env ${environment} /opt/node /opt/dist/index.js; echo "exit code $?"`,
    );
    return { log, outputs: await asRoot(machine, 'cat /tmp/output') };
  }

  test('runs the same steps without SSH, and a second run changes nothing', async () => {
    const first = await run({ host: 'localhost' });
    expect(first.log).toContain('commands run here, without SSH');
    expect(first.log).toMatch(/exit code 0$/);
    for (const name of [
      'messages-produced',
      'messages-consumed',
      'host-messages-produced',
      'host-messages-consumed',
    ]) {
      expect(first.outputs).toMatch(new RegExp(`^${name}<<(\\S+)\n10\n\\1$`, 'm'));
    }
    const second = await run({ host: 'localhost' });
    expect(second.log).toMatch(/exit code 0$/);
    expect(second.outputs).toMatch(/^changed<<(\S+)\n\n\1$/m);
  });

  describe('a secured cluster beside it', () => {
    let secured: SecuredCluster;

    beforeAll(async () => {
      secured = await startSecuredCluster(machine);
    });
    afterAll(() => stopSecuredCluster(machine));

    const PROOF = { mode: 'smoke-test', messages: '3', topic: 'secured' };

    test('is proved through SSH: SCRAM and TLS, a registry with https and a password', async () => {
      const watch = watchArguments(PASSWORD);
      const run = await deployTo(machine, {
        ...{ ...PROOF, 'bootstrap-servers': SECURED.scram, 'schema-registry-url': SECURED.registry },
        'client-properties': scramProperties(secured.authority),
      });
      expect(run.outputs, run.log).toMatchObject({
        ...{ result: 'passed', 'messages-consumed': '3', 'host-messages-consumed': '3' },
        ...{ 'schema-registry-url': SECURED.registry, changed: '' },
      });
      expect(run.log).toContain('Kafka is asked as client-properties say: SASL_SSL (SCRAM-SHA-512)');
      expect(watch.stop()).toMatchObject({ commands: [] });
      const everything = `${run.log}${run.summary}${JSON.stringify(run.outputs)}`;
      for (const secret of [PASSWORD, 'open:sesame']) expect(everything).not.toContain(secret);
      const left =
        "grep -rlF 'ram=' /home/ec2-user/docker_exp/*.py /tmp /home/ec2-user/.kafka-al2023 || true";
      expect(await asRoot(machine, left)).toBe('');
    });

    test('is proved from the machine itself with a client certificate', async () => {
      const { log, outputs } = await run({
        ...{ ...PROOF, host: 'localhost', 'bootstrap-servers': SECURED.mutual },
        'client-properties': mutualProperties(secured),
      });
      expect(log).toContain('SSL, with a client certificate');
      expect(log).toMatch(/exit code 0$/);
      expect(outputs).toMatch(/^host-messages-consumed<<(\S+)\n3\n\1$/m);
    });

    test.each([
      ['a wrong password', 'alice', 'wrong', 'kafka-authentication-failed'],
      ['a user without rights', 'mallory', 'mallory', 'kafka-not-authorized'],
    ])('keeps %s out, and says so', async (_, user, password, code) => {
      const run = await deployTo(machine, {
        ...{ ...PROOF, clients: 'runner', 'bootstrap-servers': SECURED.scram },
        'client-properties': scramProperties(secured.authority, user, password),
      });
      expect(run.outputs, run.log).toMatchObject({ result: 'failed', 'error-code': code });
    });

    test('says at each way to be kept out which one it is', async () => {
      const { authority, stranger, client } = secured;
      const tls = { checksName: true, trusted: [authority] };
      const sasl = { mechanism: 'PLAIN', username: 'alice', password: 'plain' } as const;
      const host = await hostOf(machine);
      const answerAt = async (address: string, security: ClientSecurity) => {
        const admin = kafkaClients(host, nullLogger, security)
          .onlyTo(address)
          .admin({ retry: { retries: 0 } });
        const answer = admin.connect().then(
          () => 'in',
          error => actionErrorIn(error)?.code ?? error.message,
        );
        return answer.finally(() => admin.disconnect());
      };
      const identity = { chain: client.certificate, privateKey: client.key };
      const answers = {
        plain: answerAt(SECURED.plain, { tls, sasl }),
        'wrong password': answerAt(SECURED.plain, { tls, sasl: { ...sasl, password: 'x' } }),
        'wrong mechanism': answerAt(SECURED.plain, { tls, sasl: { ...sasl, mechanism: 'SCRAM-SHA-256' } }),
        'wrong authority': answerAt(SECURED.mutual, { tls: { ...tls, trusted: [stranger] } }),
        'its certificate itself': answerAt(SECURED.mutual, { tls: { ...tls, identity } }),
        'no client certificate': answerAt(SECURED.mutual, { tls }),
        expired: answerAt(SECURED.expired, { tls }),
        'another name': answerAt(SECURED.wrongName, { tls }),
        'another name, unchecked': answerAt(SECURED.wrongName, { tls: { ...tls, checksName: false } }),
        'no SASL there': answerAt(SECURED.wrongName, { tls: { ...tls, checksName: false }, sasl }),
      };
      const found = await Promise.all(
        Object.entries(answers).map(async ([name, answer]) => [name, await answer]),
      );
      await host.close();
      expect(Object.fromEntries(found)).toEqual({
        ...{ plain: 'in', 'its certificate itself': 'in', 'another name, unchecked': 'in' },
        'wrong password': 'kafka-authentication-failed',
        'wrong mechanism': 'kafka-authentication-failed',
        'no SASL there': 'kafka-authentication-failed',
        'wrong authority': 'tls-certificate-untrusted',
        'no client certificate': 'tls-client-certificate',
        expired: 'tls-certificate-expired',
        'another name': 'tls-name-mismatch',
      });
    });
  });

  test('a command that hangs ends with the run', async () => {
    await asRoot(
      machine,
      "mv /usr/bin/rpm /usr/bin/rpm.real; printf '#!/bin/sh\\nsleep 60\\n' >/usr/bin/rpm; chmod 755 /usr/bin/rpm",
    );
    const stuck = await run({ host: 'localhost', timeout: '8' });
    await asRoot(machine, 'mv /usr/bin/rpm.real /usr/bin/rpm');
    expect(stuck.log).toContain('run-timeout');
    expect(stuck.log).toMatch(/exit code 1$/);
    expect(await asRoot(machine, 'pgrep -xc sleep || true')).toBe('0');
  });
});
