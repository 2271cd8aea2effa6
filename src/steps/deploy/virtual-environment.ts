import type { Context } from '../../context.ts';
import { ActionError, lastLines } from '../../errors.ts';
import { mustRun } from '../../host/must-run.ts';
import { notYet, type Step, satisfied } from '../step.ts';

/**
 * The remains of an interrupted run, another Python version or a root shell are not built upon. After a broken connection the
 * earlier command may still be at work: it is stopped, and the files that it wrote are removed, too.
 */
const CLEAR = `
pkill -f -- "$1/bin/python -m pip"
pkill -f -- "-m venv $1"
for attempt in 1 2 3 4 5; do
  rm -rf -- "$1" && exit 0
  sleep 1
done
exit 1`;

/** Its folder in the project's directory, as the guide calls it. */
export const VIRTUAL_ENVIRONMENT = 'kafka_env';

/** An interrupted installation may be importable and yet lack files: every file that pip noted must be there, whole. */
const VERSIONS = `
import kafka, platform
from importlib.metadata import distribution
for file in distribution("kafka-python").files:
    assert file.size in (None, file.locate().stat().st_size), file
print(kafka.__version__, platform.python_version())`;

interface VirtualEnvironmentOptions {
  /** Absolute path of the directory in which `kafka_env` is made. */
  readonly directory: string;
  /** Text of client/requirements.txt, which the `clients` step puts on the machine. */
  readonly requirements: string;
}

/** `python3 -m venv kafka_env` and `pip install kafka-python`, at the version and by the checksums of requirements.txt. */
export function virtualEnvironmentStep({ directory, requirements }: VirtualEnvironmentOptions): Step {
  const wanted = /^kafka-python==(\S+)/m.exec(requirements)?.[1];
  const python = `${directory}/${VIRTUAL_ENVIRONMENT}/bin/python`;
  return {
    name: 'virtual-environment',
    title: 'Python virtual environment with kafka-python',
    guide: '4/4.2',
    needs: ['python-package', 'clients'],
    async check({ host }) {
      const result = await host.run({ argv: [python, '-c', VERSIONS] });
      if (result.exitCode !== 0)
        return notYet('kafka_env is not there, or its Python does not find kafka-python');
      const [version, pythonVersion] = result.stdout.trim().split(' ');
      if (version !== wanted) return notYet(`kafka-python ${version} is installed, ${wanted} is wanted`);
      return satisfied(`kafka-python ${version}, Python ${pythonVersion}`, {
        Python: pythonVersion ?? '',
        'kafka-python': version ?? '',
      });
    },
    async apply(context) {
      await mustRun(context.host, {
        argv: ['sh', '-c', CLEAR, 'sh', `${directory}/${VIRTUAL_ENVIRONMENT}`],
        sudo: true,
      });
      await attempt(context, ['python3', '-m', 'venv', `${directory}/${VIRTUAL_ENVIRONMENT}`], directory);
      const options = ['--disable-pip-version-check', '--no-input', '--quiet', '--require-hashes'];
      await attempt(
        context,
        [python, '-m', 'pip', 'install', ...options, '-r', 'requirements.txt'],
        directory,
      );
    },
  };
}

async function attempt({ host, log }: Context, argv: [string, ...string[]], cwd: string): Promise<void> {
  log.info(argv.join(' '));
  const result = await host.run({ argv, cwd, onLine: line => log.info(`  ${line}`) });
  if (result.exitCode === 0) return;
  throw new ActionError(
    'python-setup-failed',
    `\`${argv.join(' ')}\` ended with exit code ${result.exitCode}`,
    {
      details: lastLines(`${result.stdout}\n${result.stderr}`),
    },
  );
}
