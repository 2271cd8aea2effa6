import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  asRoot,
  closeNetwork,
  deployTo,
  type Machine,
  openNetwork,
  ROOT,
  startMachine,
  stopMachine,
} from './support/lab.ts';
import { watchArguments } from './support/process-list.ts';

/** What each way of downloading brought: yum, curl, pip and the Docker Engine have to bring it again. */
const REMOVE_DOWNLOADS =
  'yum clean all -q; rm -rf /home/ec2-user/docker_exp/kafka_env /usr/local/bin/docker-compose; docker ps -aq | xargs -r docker rm -f; docker rmi -f confluentinc/cp-schema-registry:7.9.2';

/**
 * Real faults on the way, in the order of the steps. Steps that do not need the failing one are done all the same, so each
 * test first takes away the thing that its fault concerns. Each run must end in bounded time, with its code, a hint and the
 * lines that explain it.
 */
describe('failures on the machine', () => {
  let machine: Machine;
  let copy: string;

  beforeAll(async () => {
    machine = await startMachine('test-failures');
    copy = mkdtempSync(join(tmpdir(), 'action-'));
    for (const part of ['action.yml', 'dist', 'stacks', 'client'])
      cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  });
  afterAll(async () => {
    rmSync(copy, { recursive: true, force: true });
    await stopMachine('test-failures');
  });

  /** The action with another compose file, as a user's mistake in it would be. */
  async function deployWithStack(change: (text: string) => string, inputs: Record<string, string> = {}) {
    const original = readFileSync(join(ROOT, 'stacks/zookeeper/docker-compose.yml'), 'utf8');
    const changed = change(original);
    expect(changed).not.toBe(original);
    writeFileSync(join(copy, 'stacks/zookeeper/docker-compose.yml'), changed);
    return deployTo(machine, inputs, { root: copy });
  }

  test('a package repository that does not answer fails its step', async () => {
    await asRoot(
      machine,
      'cp -r /etc/yum.repos.d /root/ && sed -i "s#^baseurl=.*#baseurl=http://127.0.0.1:9/nothing#" /etc/yum.repos.d/*.repo && yum clean all -q',
    );
    const run = await deployTo(machine);
    await asRoot(machine, 'cp /root/yum.repos.d/* /etc/yum.repos.d/ && yum clean all -q');
    expect(run.outputs, run.log).toMatchObject({
      result: 'failed',
      'failed-step': 'system-update',
      'error-code': 'package-manager-failed',
    });
    expect(run.exitCode).toBe(1);
    expect(run.log).toMatch(/\| .*(repo|baseurl|download)/i);
    expect(run.log).toMatch(/the package repository "\S+" cannot be read/);
    expect(run.log).toMatch(/::error title=Kafka/);
    expect(run.summary).toMatch(/^## ❌ .*failed at `system-update`/);
  });

  test("the run waits while another process holds rpm's lock, and goes on", async () => {
    const holdsLock = `import fcntl, time
f = open("/var/lib/rpm/.rpm.lock", "a")
fcntl.lockf(f, fcntl.LOCK_EX)
time.sleep(8)`;
    await asRoot(machine, `mkdir -p /var/lib/rpm; systemd-run --quiet python3 -c '${holdsLock}'; sleep 0.5`);
    await asRoot(
      machine,
      'rm -f /usr/local/bin/docker-compose; echo 127.0.0.1 github.com > /run/hosts.extra; cp /etc/hosts /root/hosts; { cat /run/hosts.extra; grep -v github.com /root/hosts; } > /run/h; cat /run/h > /etc/hosts',
    );
    const run = await deployTo(machine);
    await asRoot(machine, 'cat /root/hosts > /etc/hosts');
    // The next fault follows: Docker Compose cannot be downloaded.
    expect(run.outputs, run.log).toMatchObject({
      'failed-step': 'compose-binary',
      'error-code': 'compose-download-failed',
    });
    expect(run.log).toContain('https://github.com/docker/compose/releases');
    expect(run.log).toMatch(/holds the lock of the package database; trying again in 5 s/);
    expect(run.outputs.changed).toContain('system-update');
  });

  test('a Docker Compose with another checksum is refused, and nothing is left behind', async () => {
    const url = 'https://github.com/docker/compose/releases/latest/download/docker-compose-linux-x86_64';
    const run = await deployTo(machine, { 'compose-url': url, 'compose-sha256': 'a'.repeat(64) });
    expect(run.outputs, run.log).toMatchObject({
      'failed-step': 'compose-binary',
      'error-code': 'compose-checksum-mismatch',
    });
    expect(run.log).toContain('a'.repeat(64));
    expect(await asRoot(machine, 'ls -A /usr/local/bin')).toBe('');
  });

  test('a Docker daemon that does not start fails its step', async () => {
    await asRoot(
      machine,
      'systemctl stop docker.socket docker; mkdir -p /etc/docker; cp -a /etc/docker /root/docker-etc; echo "{ not json" > /etc/docker/daemon.json',
    );
    const run = await deployTo(machine);
    await asRoot(
      machine,
      'rm -rf /etc/docker; cp -a /root/docker-etc /etc/docker; systemctl reset-failed docker docker.socket || true',
    );
    expect(run.outputs, run.log).toMatchObject({
      'failed-step': 'docker-service',
      'error-code': 'docker-not-running',
    });
    expect(run.log).toMatch(/\| .*daemon\.json/);
  });

  test('an image that does not exist is named', async () => {
    const run = await deployWithStack(text =>
      text.replace('cp-schema-registry:7.9.2', 'cp-schema-registry:7.9.999'),
    );
    expect(run.outputs, run.log).toMatchObject({ 'failed-step': 'images', 'error-code': 'image-not-found' });
    expect(run.log).toContain('7.9.999');
  });

  test('an image registry out of reach is tried again, then given up', async () => {
    await asRoot(
      machine,
      'docker ps -aq | xargs -r docker rm -f; docker image ls -q | xargs -r docker rmi -f; iptables -I OUTPUT -p tcp -d registry-1.docker.io --dport 443 -j REJECT --reject-with tcp-reset',
    );
    const run = await deployTo(machine);
    await asRoot(machine, 'iptables -D OUTPUT 1');
    expect(run.outputs, run.log).toMatchObject({
      'failed-step': 'images',
      'error-code': 'image-pull-failed',
    });
    expect(run.log).toContain('trying again (2 of 2)');
  });

  test('a package index for Python out of reach fails its step', async () => {
    await asRoot(
      machine,
      'rm -rf /home/ec2-user/docker_exp/kafka_env; cp /etc/pip.conf /root/ && printf "[global]\\nindex-url = http://127.0.0.1:9/simple\\nretries = 0\\n" > /etc/pip.conf',
    );
    const run = await deployTo(machine);
    await asRoot(machine, 'cp /root/pip.conf /etc/pip.conf');
    expect(run.outputs, run.log).toMatchObject({
      'failed-step': 'virtual-environment',
      'error-code': 'python-setup-failed',
    });
  });

  test('a port that is already taken is named with its holder, and nothing is started', async () => {
    await asRoot(
      machine,
      'docker ps -aq | xargs -r docker rm -f; systemd-run --quiet --unit squatter python3 -m http.server 29092; sleep 1',
    );
    const run = await deployTo(machine);
    await asRoot(machine, 'systemctl stop squatter');
    expect(run.outputs, run.log).toMatchObject({ 'failed-step': 'stack', 'error-code': 'port-in-use' });
    expect(run.log).toMatch(
      /port 29092 \(wanted by kafka-broker-2, held by python3(\.\d+)?, process \d+ of squatter\.service /,
    );
    expect(await asRoot(machine, 'docker ps -aq')).toBe('');
  });

  test('a broker that does not come up is named, with the last lines of its log', async () => {
    const run = await deployWithStack(text =>
      text.replace(
        '      KAFKA_BROKER_ID: 3\n',
        '      KAFKA_BROKER_ID: 3\n      KAFKA_ZOOKEEPER_CONNECT: ""\n',
      ),
    );
    expect(run.outputs, run.log).toMatchObject({ 'failed-step': 'stack', 'error-code': 'container-failed' });
    expect(run.log).toMatch(/kafka-broker-3 (has stopped|keeps being restarted|has ended)/);
    expect(run.log).toMatch(/\| .*KAFKA_ZOOKEEPER_CONNECT is required/);
  });

  let proxy = '';

  test('a proxy that wants a password is named', async () => {
    proxy = await closeNetwork(machine);
    await asRoot(machine, REMOVE_DOWNLOADS);
    const run = await deployTo(machine, { 'http-proxy': proxy.replace(/\/\/.*@/, '//') });
    expect(run.outputs, run.log).toMatchObject({
      'failed-step': 'system-update',
      'error-code': 'package-manager-failed',
    });
    expect(run.log).toMatch(/\b407\b/);
    expect(run.log).toContain('The proxy wants a user name and a password, or refuses those it gets');
  });

  test('a plain run passes after all of that, on a machine whose only way out is a proxy', async () => {
    const password = /:([^:]*)@/.exec(proxy)?.[1] ?? expect.unreachable('the proxy has a password');
    const seen = watchArguments(password);
    const run = await deployTo(machine, { 'http-proxy': proxy, 'no-proxy': '.internal.example' });
    expect(seen.stop().commands).toEqual([]);
    expect(run.outputs, run.log).toMatchObject({
      result: 'passed',
      changed: expect.stringMatching(/^(\S+,)?proxy,compose-binary,images,stack,(\S+,)?virtual-environment/),
      'messages-consumed': '10',
      'host-messages-consumed': '10',
    });
    for (const text of [run.log, run.summary, readFileSync(run.outputs.report ?? '', 'utf8')]) {
      expect(text).not.toContain(password);
      expect(text).not.toContain(decodeURIComponent(password));
    }
    expect(await asRoot(machine, 'stat -c "%a %U" /etc/kafka-al2023/proxy.env')).toBe('600 ec2-user');
    expect(await asRoot(machine, 'systemctl show docker')).not.toContain(password);
    await openNetwork(machine);
  });

  test('brokers that run but do not answer are named within seconds, and their logs are shown', async () => {
    const brokers = 'docker_exp-kafka-broker-1-1 docker_exp-kafka-broker-2-1';
    await asRoot(machine, `docker kill --signal STOP ${brokers}`);
    const started = Date.now();
    const run = await deployTo(machine, {
      'smoke-timeout': '15',
      'http-proxy': proxy,
      'no-proxy': '.internal.example',
    });
    // The process must have ended, too: Kafka's client goes on trying for a while.
    expect(Date.now() - started).toBeLessThan(60_000);
    await asRoot(machine, `docker kill --signal CONT ${brokers}`);
    expect(run.outputs, run.log).toMatchObject({
      'failed-step': 'kafka-ready',
      'error-code': 'broker-down',
    });
    expect(run.log).toMatch(/kafka-broker-1 hangs: a signal \(SIGSTOP\) has stopped its process/);
    expect(run.log).toMatch(/\| docker_exp-kafka-broker-1-1:/);
    expect(Number(run.outputs['duration-ms'])).toBeLessThan(60_000);
  });

  test('a run without the proxy takes it back; a newer release is taken, and what wants a reboot is said', async () => {
    const url = 'https://github.com/docker/compose/releases/latest/download/docker-compose-linux-x86_64';
    const run = await deployTo(machine, {
      ...{ release: 'latest', 'compose-url': url, 'compose-sha256': 'a'.repeat(64) },
    });
    expect(run.outputs, run.log).toMatchObject({
      'error-code': 'compose-checksum-mismatch',
      changed: 'proxy,system-update,compose-binary',
    });
    expect(run.log).toContain('packages to update from release 2023.9.20251105 to 2023.10.20260202: 2');
    expect(run.log).toContain('up to date in release 2023.10.20260202; a reboot is wanted');
    expect(run.log).toMatch(
      /::warning.*the machine wants a reboot, which is left to you; installed after its start: glibc 2\.34\.231/,
    );
    expect(await asRoot(machine, 'rpm -q system-release')).toContain('2023.10.20260202');
    expect(await asRoot(machine, 'docker info --format "{{.HTTPProxy}}{{.NoProxy}}"')).toBe('');
    expect(await asRoot(machine, 'ls -A /etc/kafka-al2023 /etc/systemd/system/docker.service.d')).not.toMatch(
      /proxy/,
    );
  });
});
