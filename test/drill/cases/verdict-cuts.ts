import type { DrillCase, Scene } from '../support/drill-case.ts';
import { allBack, inTheMiddle, NO_LOSS, sleep } from '../support/kafka-doings.ts';

const CONNECTION_LOST = {
  result: 'failed',
  code: 'ssh-connection-lost',
  neverSays: [...NO_LOSS, /broker-down/],
  outputs: { 'messages-lost': '0', 'messages-unread': '0' },
} as const;

const cutSsh = ({ root }: Scene) => root('pkill -KILL -f "[s]shd: ec2-user"; true');

/** What cuts a test off says nothing of its messages. */
export const CUTS: readonly DrillCase[] = [
  {
    name: 'timeout-while-sending',
    situation: 'smoke-timeout ends while messages are still being sent',
    right: 'the interruption is the verdict; no message is called lost or unread',
    run: scene => scene.action({ clients: 'runner', messages: '1000000', 'smoke-timeout': '8' }),
    ends: {
      result: 'failed',
      code: 'round-trip-failed',
      says: [/still sending after 8\.0 s/],
      neverSays: NO_LOSS,
      outputs: { 'messages-lost': '0' },
    },
    withinS: 90,
  },
  {
    name: 'connection-lost-for-good',
    situation: 'the machine answers no packet on the SSH port any more, in the middle of the messages',
    right: 'the lost connection is the verdict, and what is not known is counted as such',
    run: scene =>
      inTheMiddle(scene, { messages: '600', 'connect-timeout': '15' }, () =>
        scene.root('iptables -I INPUT -p tcp --dport 22 -j DROP'),
      ),
    ends: CONNECTION_LOST,
    withinS: 120,
    mend: scene => scene.root('iptables -D INPUT -p tcp --dport 22 -j DROP || true'),
  },
  {
    name: 'sshd-gone-for-good',
    situation: 'sshd is stopped and its sessions are killed, in the middle of the messages',
    right: 'the lost connection is the verdict',
    run: scene =>
      inTheMiddle(scene, { messages: '600', 'connect-timeout': '15' }, () =>
        scene.root('systemctl stop ssh.socket sshd ssh 2>/dev/null; pkill -KILL -f "[s]shd: ec2-user"; true'),
      ),
    ends: CONNECTION_LOST,
    withinS: 120,
    mend: scene => scene.root('systemctl start sshd 2>/dev/null || systemctl start ssh'),
  },
  {
    name: 'two-ssh-cuts',
    situation: 'the SSH connection is cut twice in one round trip',
    right: 'goes on both times: every message comes back and counts once',
    run: scene =>
      inTheMiddle(scene, { messages: '200' }, async () => {
        await cutSsh(scene);
        await sleep(3_000);
        await cutSsh(scene);
      }),
    ends: allBack(200),
    withinS: 120,
  },
  {
    name: 'leader-change',
    situation: 'a broker that leads a partition is restarted in the middle of the messages',
    right: 'passes: another replica leads, every message comes back',
    run: scene =>
      inTheMiddle(scene, { messages: '200' }, () =>
        scene.root('docker restart $(docker ps --format "{{.Names}}" | grep -m1 "broker-2")'),
      ),
    ends: allBack(200),
    withinS: 120,
  },
];
