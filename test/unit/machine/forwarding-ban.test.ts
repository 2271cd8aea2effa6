import { describe, expect, it } from 'vitest';
import { ActionError } from '../../../src/errors.ts';
import { explainForwardingBan } from '../../../src/machine/forwarding-ban.ts';
import { type Answer, ScriptedHost } from '../support/scripted-host.ts';

const refused = new ActionError('ssh-forwarding-refused', 'm does not forward connections');
const explain = (answer: Answer, thrown: unknown = refused) =>
  explainForwardingBan(new ScriptedHost([[/sshd -T/, answer]]), thrown);
const ALLOWED = 'setting allowtcpforwarding yes\nsetting disableforwarding no\nsetting permitopen any\n';

describe('a ban on forwarding', () => {
  it.each<[string, string, RegExp, RegExp]>([
    [
      'allowtcpforwarding yes',
      'allowtcpforwarding no',
      /: AllowTcpForwarding no in its sshd_config$/,
      /set AllowTcpForwarding yes for/,
    ],
    [
      'allowtcpforwarding yes',
      'allowtcpforwarding remote',
      /: AllowTcpForwarding remote in/,
      /set AllowTcpForwarding yes for/,
    ],
    [
      'disableforwarding no',
      'disableforwarding yes',
      /: DisableForwarding yes in/,
      /set DisableForwarding no for/,
    ],
    [
      'permitopen any',
      'permitopen localhost:22',
      /: PermitOpen, which names other places, in/,
      /set PermitOpen any for/,
    ],
    ['permitopen any', 'permitopen none', /: PermitOpen/, /set PermitOpen any for/],
  ])('is told with the setting: %s, %s', async (usual, set, message, hint) => {
    const stdout = `${ALLOWED.replace(usual, set)}place /etc/ssh/sshd_config:7:Forbidden\n`;
    const error = await explain({ stdout });
    expect(error).toMatchObject({
      code: 'ssh-forwarding-refused',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
      details: ['/etc/ssh/sshd_config:7:Forbidden'],
    });
  });

  it('may stand before the key', async () => {
    const error = await explain({ stdout: `${ALLOWED}key restrict\nkey restrict\n` });
    expect(error).toMatchObject({
      message: `${refused.message}: the key has the option restrict in ~/.ssh/authorized_keys`,
      hint: expect.stringContaining('port-forwarding behind restrict'),
    });
  });

  it('is told without a reason where none is found, or the machine does not say', async () => {
    expect(await explain({ stdout: `${ALLOWED}place /etc/ssh/sshd_config:9:PermitOpen none` })).toMatchObject(
      {
        message: refused.message,
        details: ['/etc/ssh/sshd_config:9:PermitOpen none'],
      },
    );
    expect(await explain({ throws: new Error('gone') })).toBe(refused);
  });

  it('is found in what a library made of it, and nothing else is', async () => {
    const wrapped = new Error('of kafkajs', { cause: refused });
    expect(await explain({ throws: new Error('gone') }, wrapped)).toBe(refused);
    const other = new Error('another');
    expect(await explain(0, other)).toBe(other);
  });
});
