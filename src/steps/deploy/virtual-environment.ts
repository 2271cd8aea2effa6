import { createHash } from 'node:crypto';
import type { Context } from '../../context.ts';
import { ActionError, lastLines } from '../../errors.ts';
import { writeTextFile } from '../../host/files.ts';
import type { Command, CommandResult } from '../../host/host.ts';
import { mustRun } from '../../host/must-run.ts';
import { ENTER, GONE, LINK, refuseLink } from '../../host/real-folder.ts';
import { notYet, type Step, satisfied } from '../step.ts';
import { proxyHint } from './proxy-trouble.ts';

/**
 * The remains of an interrupted run, another Python version or a root shell are not built upon. After a broken connection the
 * earlier command may still be at work: it is stopped, and the files that it wrote are removed, too. `sh -c CLEAR sh HOME FOLDER`.
 */
const CLEAR = `${ENTER}
enter "$1" "\${2%/*}" || exit $?
pkill -f -- "$2/bin/python -m pip"
pkill -f -- "-m venv $2"
for attempt in 1 2 3 4 5; do
  rm -rf --one-file-system -- "./\${2##*/}" && exit 0
  sleep 1
done
exit 1`;

/** Its folder in the project's directory, as the guide calls it. */
export const VIRTUAL_ENVIRONMENT = 'kafka_env';

/**
 * Prints the codecs that the pair has to do without, as a list with commas. kafka-python's own file says so; by itself it is loaded in
 * a fifth of the time that all of kafka-python takes.
 */
const MISSING_CODECS = `
from importlib.metadata import distribution
from importlib.util import module_from_spec, spec_from_file_location
spec = spec_from_file_location("codec", distribution("kafka-python").locate_file("kafka/codec.py"))
codec = module_from_spec(spec)
spec.loader.exec_module(codec)
print(",".join(name for name in ("lz4", "snappy", "zstd") if not getattr(codec, "has_" + name)()))`;

/**
 * An interrupted installation lacks files: every file that pip noted must be there, whole. What was found to be missing when the
 * codecs were installed is missing for good.
 */
const VERSIONS = `
import pathlib, platform, sys
from importlib.metadata import distribution
kafka = distribution("kafka-python")
for file in kafka.files:
    assert file.size in (None, file.locate().stat().st_size), file
print(kafka.version, platform.python_version())
tried = pathlib.Path(sys.prefix, "codecs-tried")
print(tried.read_text() if tried.exists() else "")
${MISSING_CODECS}`;

interface VirtualEnvironmentOptions {
  /** The user's home folder on the machine. */
  readonly home: string;
  /** Absolute path of the directory in which `kafka_env` is made. */
  readonly directory: string;
  /** Text of client/requirements.txt, which the `clients` step puts on the machine. */
  readonly requirements: string;
  /** Text of client/requirements-codecs.txt. */
  readonly codecs: string;
}

/**
 * `python3 -m venv kafka_env` and `pip install kafka-python`, at the version and by the checksums of requirements.txt; then, as
 * far as there are wheels, what kafka-python reads compressed topics with.
 */
export function virtualEnvironmentStep(options: VirtualEnvironmentOptions): Step {
  const { home: userHome, directory, requirements, codecs } = options;
  const wanted = /^kafka-python==(\S+)/m.exec(requirements)?.[1];
  const home = `${directory}/${VIRTUAL_ENVIRONMENT}`;
  const python = `${home}/bin/python`;
  return {
    name: 'virtual-environment',
    title: 'Python virtual environment with kafka-python',
    guide: '4/4.2',
    needs: ['python-package', 'clients'],
    writes: { paths: [directory, '/tmp', '/var/tmp'] },
    async check({ host }) {
      const result = await host.run({ argv: [python, '-c', VERSIONS], isLook: true });
      if (result.exitCode !== 0)
        return notYet('kafka_env is not there, or its Python does not find kafka-python');
      const [versions = '', tried, missing = ''] = result.stdout.split('\n').map(line => line.trim());
      const [version, pythonVersion] = versions.split(' ');
      if (version !== wanted) return notYet(`kafka-python ${version} is installed, ${wanted} is wanted`);
      if (tried !== trialOf(codecs, missing))
        return notYet('the codecs of compressed topics are not installed');
      return satisfied(`kafka-python ${version}, Python ${pythonVersion}${without(missing)}`, {
        Python: pythonVersion ?? '',
        'kafka-python': version ?? '',
      });
    },
    async apply(context) {
      const clear = ['sh', '-c', CLEAR, 'sh', userHome, home] as const;
      refuseLink(await mustRun(context.host, { argv: clear, sudo: true }, [GONE, LINK]));
      await mustAttempt(context, { argv: ['python3', '-m', 'venv', home], cwd: directory });
      const install = [python, '-m', 'pip', 'install', ...PIP_OPTIONS] as const;
      const wheels = [...install, '--only-binary', ':all:', '-r', '/dev/stdin'] as const;
      const blocks = codecs.split(/^# codec /m).slice(1);
      // All at once: the start of pip takes longer than what it installs.
      const all = {
        argv: [...wheels, '-r', 'requirements.txt'],
        stdin: `# ${blocks.join('# ')}`,
        cwd: directory,
      } as const;
      if ((await attempt(context, all)).exitCode !== 0) {
        await mustAttempt(context, { argv: [...install, '-r', 'requirements.txt'], cwd: directory });
        await installCodecs(context, wheels, blocks);
      }
      const { stdout } = await mustRun(context.host, { argv: [python, '-c', MISSING_CODECS] });
      const missing = stdout.trim();
      if (missing !== '') context.log.info(`the pair on the machine does${without(missing)}`);
      await writeTextFile(context.host, `${home}/codecs-tried`, trialOf(codecs, missing));
    },
  };
}

const PIP_OPTIONS = ['--disable-pip-version-check', '--no-input', '--quiet', '--require-hashes'] as const;

/** What is noted of an attempt to install the codecs: it is not made again until there are others, or one is gone. */
const trialOf = (codecs: string, missing: string) =>
  `${createHash('sha256').update(codecs).digest('hex').slice(0, 16)} ${missing}`.trim();

const without = (missing: string) =>
  missing === ''
    ? ''
    : ` without the ${missing.includes(',') ? 'codecs' : 'codec'} ${missing.replaceAll(',', ', ')}`;

/** Each by itself: a codec without a wheel for this Python keeps no other one away. */
async function installCodecs(
  context: Context,
  argv: Command['argv'],
  blocks: readonly string[],
): Promise<void> {
  for (const block of blocks) {
    context.log.info(`codec ${block.split('\n', 1)[0]}`);
    await attempt(context, { argv, stdin: `# ${block}` });
  }
}

function attempt({ host, log }: Context, command: Command): Promise<CommandResult> {
  log.info(command.argv.join(' '));
  return host.run({ ...command, downloads: true, onLine: line => log.info(`  ${line}`), mayBeCut: true });
}

async function mustAttempt(context: Context, command: Command): Promise<void> {
  const result = await attempt(context, command);
  if (result.exitCode === 0) return;
  throw new ActionError(
    'python-setup-failed',
    `\`${command.argv.join(' ')}\` ended with exit code ${result.exitCode}`,
    {
      details: lastLines(`${result.stdout}\n${result.stderr}`),
      hint: proxyHint(`${result.stdout}\n${result.stderr}`),
    },
  );
}
