import type { DrillCase, Scene } from './drill-case.ts';

/** A run that connects and changes nothing. */
export const plan = (scene: Scene, inputs: Readonly<Record<string, string>> = {}) =>
  scene.action({ mode: 'plan', 'connect-timeout': '60', ...inputs });

/** After a situation of the connection alone: a run connects again, which is all that it could have spoiled. */
export async function expectConnection(scene: Scene): Promise<void> {
  const run = await plan(scene);
  if (run.outputs.result !== 'passed') throw new Error(`the next run did not connect:\n${run.log}`);
}

/** Sets lines of sshd_config before its own, of which the first counts, as an administrator does. */
export const setSshd = ({ root }: Scene, ...lines: string[]) =>
  root(`cp -n /etc/ssh/sshd_config /root/sshd_config
    { cat <<'END'
${lines.join('\n')}
END
    cat /root/sshd_config; } > /etc/ssh/sshd_config
    sshd -t && systemctl reload ssh && sleep 0.3`);

export async function resetSshd(scene: Scene): Promise<void> {
  await scene.root('cp /root/sshd_config /etc/ssh/sshd_config && systemctl reload ssh && sleep 0.3');
  await expectConnection(scene);
}

/** A situation that settings of sshd make. */
export function sshdCase(
  lines: readonly string[],
  rest: Omit<DrillCase, 'make'> & { readonly before?: (scene: Scene) => Promise<unknown> },
): DrillCase {
  const { before, ...others } = rest;
  return {
    run: scene => plan(scene),
    withinS: 30,
    make: async scene => {
      await before?.(scene);
      await setSshd(scene, ...lines);
    },
    mend: resetSshd,
    isElsewhere: true,
    ...others,
  };
}
