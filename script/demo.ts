import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runAction } from './run-action.ts';

/** Runs the built action with inputs given as `name=value` (`name=@FILE` for a file's text); prints its log and outputs. */
const root = join(import.meta.dirname, '..');
const inputs = Object.fromEntries(process.argv.slice(2).map(parseInput));
const run = await runAction({ root, inputs, onOutput: text => process.stdout.write(text) });
if (process.env.DEMO_SUMMARY) console.log(`\n${run.summary}`);
console.log('');
for (const [name, value] of Object.entries(run.outputs)) console.log(`${name}=${value}`);
process.exitCode = run.exitCode;

function parseInput(argument: string): [string, string] {
  const separator = argument.indexOf('=');
  if (separator < 1) {
    console.error(`"${argument}" is not of the form input=value`);
    process.exit(2);
  }
  const value = argument.slice(separator + 1);
  return [argument.slice(0, separator), value.startsWith('@') ? readFileSync(value.slice(1), 'utf8') : value];
}
