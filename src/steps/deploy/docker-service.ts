import { engineDown, engineState } from '../../machine/troubles/engine.ts';
import { enginePlaces } from '../../machine/troubles/full-disk.ts';
import { notYet, type Step, satisfied } from '../step.ts';

/** `systemctl start docker`, and enabled, so that the cluster is there again after a reboot; then `docker ps`. */
export function dockerServiceStep(): Step {
  return {
    name: 'docker-service',
    title: 'Docker started, enabled and answering',
    guide: '2/4.3-4',
    needs: ['docker-package'],
    writes: { paths: [...enginePlaces().paths, '/run', '/etc'] },
    async check({ host }) {
      const [active, enabled, answer, version] = await Promise.all([
        host.run({ argv: ['systemctl', 'is-active', 'docker'], isLook: true }),
        host.run({ argv: ['systemctl', 'is-enabled', 'docker'], isLook: true }),
        host.run({ argv: ['docker', 'ps'], sudo: true, isLook: true }),
        host.run({
          argv: ['docker', 'version', '--format', '{{.Server.Version}}'],
          sudo: true,
          isLook: true,
        }),
      ]);
      if (active.exitCode !== 0) return notYet(`the service is ${active.stdout.trim() || 'not there'}`);
      if (enabled.exitCode !== 0) return notYet('the service would not start at the next boot');
      if (answer.exitCode !== 0) return notYet('docker ps does not answer');
      const engine = version.stdout.trim();
      return satisfied(`Docker Engine ${engine}`, { 'Docker Engine': engine });
    },
    async apply({ host, log }) {
      log.info('systemctl enable --now docker');
      const result = await host.run({ argv: ['systemctl', 'enable', '--now', 'docker'], sudo: true });
      const answer = await host.run({ argv: ['docker', 'ps'], sudo: true });
      if (result.exitCode === 0 && answer.exitCode === 0) return;
      throw engineDown(await engineState(host), `${result.stderr}\n${answer.stderr}`);
    },
  };
}
