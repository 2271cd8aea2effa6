import type { DrillCase, Scene } from './drill-case.ts';

export const HOME = '/home/ec2-user';

/** Puts a text before what a file of the machine says; `unkept` brings the file back. */
const before =
  (file: string, text: string, then = ':') =>
  ({ root }: Scene) =>
    root(`[ -e '${file}.kept' ] || cp -a '${file}' '${file}.kept' || touch '${file}.kept'
cat - '${file}.kept' >'${file}' <<'END'
${text}
END
${then}`);

const unkept =
  (file: string, then = ':') =>
  ({ root }: Scene) =>
    root(`mv -f '${file}.kept' '${file}'; ${then}`);

const BASHRC = `${HOME}/.bashrc`;
/** What the user's login shell reads first. */
export const bashrc = (text: string) => ({ make: before(BASHRC, text), mend: unkept(BASHRC) });

const SSHD = '/etc/ssh/sshd_config';
const RELOAD = 'systemctl reload ssh';
/** Of several values of a setting sshd takes the first. */
export const sshd = (text: string) => ({ make: before(SSHD, text, RELOAD), mend: unkept(SSHD, RELOAD) });

const RULES = '/etc/sudoers.d';
/** Rules of sudo in place of those that cloud-init wrote. */
export const sudoers = (text: string) => ({
  make: ({ root }: Scene) =>
    root(
      `mv ${RULES}/90-cloud-init-users /root/; printf '%s\\n' '${text}' >${RULES}/95-drill; chmod 440 ${RULES}/95-drill`,
    ),
  mend: ({ root }: Scene) =>
    root(`rm -f ${RULES}/95-drill ${RULES}/zz-*; mv /root/90-cloud-init-users ${RULES}/`),
});

export const script = (make: string, mend: string) => ({
  make: ({ root }: Scene) => root(make),
  mend: ({ root }: Scene) => root(mend),
});

/** The command that the hint names must be enough: after it a deployment passes, whatever the hint was about. */
export const hintHelps = async (scene: Scene, { log }: { readonly log: string }): Promise<void> => {
  const command = /On the machine: (.*)/.exec(log)?.[1];
  if (command === undefined) throw new Error('no hint begins with "On the machine: "');
  // At a terminal, as who reads the hint is.
  await scene.root(`python3 - <<'END'
import pty, sys
sys.exit(pty.spawn(['bash', '-c', r"""${command}"""]) >> 8)
END`);
  const { outputs } = await scene.action();
  if (outputs.result !== 'passed') throw new Error(`after \`${command}\`: ${outputs['error-code']}`);
};

/** What such situations were taken for. */
export const ELSEWHERE = [/Please report/, /not-amazon-linux/, /json is not there/, /sh -c/];
export const PASSES = { result: 'passed', neverSays: ELSEWHERE } as const;

/** So that files are made by root, which the user has to read. */
export const withoutCompose = (each: DrillCase): DrillCase => ({
  ...each,
  withinS: 120,
  make: async scene => {
    await scene.root('rm -f /usr/local/bin/docker-compose');
    await each.make?.(scene);
  },
});
