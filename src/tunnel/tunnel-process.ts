import { writeSync } from 'node:fs';
import { reasonOf } from '../errors.ts';
import { readOrder, type TunnelAnswer } from './order.ts';
import { runTunnel } from './run-tunnel.ts';
import { TunnelLog } from './tunnel-log.ts';

const STANDARD_OUTPUT = 1;

/**
 * The life of the tunnel's own process: reads what to do, answers who started it, and goes on without it. Its standard
 * output is the log.
 */
export async function tunnelProcess(process: NodeJS.Process): Promise<void> {
  process.title = 'kafka-tunnel';
  const log = new TunnelLog(writeLog);
  const ending = new AbortController();
  const end = (reason: string) => ending.abort(new Error(reason));
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => end(`it was told to (${signal})`));
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => log.seldom('fault', `a fault: ${reasonOf(error)}`));
  }
  let isAnswered = false;
  let sent: Promise<void> = Promise.resolve();
  // The action ended before it could tell the post step about this process.
  process.once('disconnect', () => {
    if (!isAnswered) end('the action ended before the tunnel was open');
  });
  const answer = (message: TunnelAnswer) => {
    isAnswered = true;
    sent = new Promise(resolve => process.send?.(message, () => resolve()) ?? resolve());
  };
  try {
    const order = await readOrder(process.stdin);
    const why = await runTunnel(order, { log, answer, env: process.env, signal: ending.signal });
    log.end(`ended: ${why}`);
  } catch (error) {
    process.exitCode = 1;
    log.end(`ended: ${reasonOf(error)}`);
  }
  await sent;
}

function writeLog(line: string): void {
  try {
    writeSync(STANDARD_OUTPUT, line);
  } catch {
    // A full disk is no reason to leave the job's clients alone.
  }
}
