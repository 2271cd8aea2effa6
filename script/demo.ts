import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runAction } from './run-action.ts';

/** Runs the built action with inputs given as `name=value` (`name=@FILE` for a file's text); prints its log and outputs. */
const root = join(import.meta.dirname, '..');
const inputs = Object.fromEntries(process.argv.slice(2).map(parseInput));
const run = await runAction({ root, inputs, onOutput: text => process.stdout.write(text) }).catch(refuse);
if (process.env.DEMO_SUMMARY) console.log(`\n${run.summary}`);
console.log('');
for (const [name, value] of Object.entries(run.outputs)) console.log(`${name}=${value}`);
// The post step goes to standard error: standard output ends with the outputs.
console.error('');
await run.post({ onOutput: text => process.stderr.write(text) });
process.exitCode = run.exitCode;

function parseInput(argument: string): [string, string] {
  const separator = argument.indexOf('=');
  if (separator < 1) refuse(new Error(`"${argument}" is not of the form input=value`));
  const value = argument.slice(separator + 1);
  return [argument.slice(0, separator), value.startsWith('@') ? readFileSync(value.slice(1), 'utf8') : value];
}

function refuse(error: Error): never {
  console.error(`[demo] ${error.message}`);
  process.exit(2);
}
