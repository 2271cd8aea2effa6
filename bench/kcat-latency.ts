import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { percentilesOf } from '../src/kafka/round-trip/latency.ts';
import type { Machine } from '../test/integration/support/lab.ts';
import { beside, sshTo, time } from './bench.ts';

const PORTS = [19092, 29092, 39092];
const BROKERS = ['-b', PORTS.map(port => `localhost:${port}`).join(',')];
const PARTITIONS = 3;
/** Enough for a connection to each leader, which are no part of the latency. */
const WARM_UP = 30;
/** kcat reads its input by so many bytes, and waits until it has them: a message of this length is sent at once. */
const LINE_BYTES = 1_024;
const PATIENCE_MS = 30_000;

/**
 * How long messages take from one kcat to another, by way of `ssh -L`: one after the other, acknowledged by all replicas, none held
 * back for company.
 * @param topic must be there, with three partitions
 * @returns p95 in milliseconds
 */
export async function kcatLatency(machine: Machine, topic: string, messages: number): Promise<number> {
  const [ssh = '', ...options] = sshTo(machine);
  const forwards = PORTS.flatMap(port => ['-L', `${port}:127.0.0.1:${port}`]);
  return beside([ssh, '-N', '-o', 'ExitOnForwardFailure=yes', ...forwards, ...options], async () => {
    await untilReached();
    const reader = spawn('kcat', [
      ...BROKERS,
      '-C',
      '-u',
      '-t',
      topic,
      '-o',
      'end',
      '-X',
      'fetch.wait.max.ms=100',
    ]);
    const writer = spawn('kcat', [
      ...BROKERS,
      '-P',
      '-q',
      '-t',
      topic,
      '-X',
      'acks=all',
      '-X',
      'linger.ms=0',
    ]);
    try {
      const pair = new Pair(writer, reader);
      await untilAtEnd(reader);
      await pair.send(WARM_UP);
      return percentilesOf(Float32Array.from(await pair.send(messages)))?.p95 ?? 0;
    } finally {
      // It waits for input, and hears no milder signal then.
      writer.kill('SIGKILL');
      reader.kill('SIGKILL');
    }
  });
}

async function untilReached(): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await time(['kcat', ...BROKERS, '-L', '-m', '1']).catch((error: unknown) => error);
    if (!(answer instanceof Error)) return;
    if (performance.now() > deadline) throw answer;
  }
}

/** A kcat that reads tells for each partition when it stands at its end: what was written there before, it will not see. */
function untilAtEnd({ stderr }: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!stderr) throw new Error('kcat has no error output');
    const timer = setTimeout(
      () => reject(new Error('kcat does not come to the end of the topic')),
      PATIENCE_MS,
    );
    const partitions = new Set<string>();
    createInterface({ input: stderr }).on('line', line => {
      const [, partition] = /Reached end of topic \S+ \[(\d+)\]/.exec(line) ?? [];
      if (partition !== undefined) partitions.add(partition);
      if (partitions.size < PARTITIONS) return;
      clearTimeout(timer);
      resolve();
    });
  });
}

/** A kcat that writes lines and one that reads them. */
class Pair {
  private readonly cameBack = new Map<string, (atMs: number) => void>();
  private readonly writer: ChildProcess;
  private count = 0;

  constructor(writer: ChildProcess, reader: ChildProcess) {
    this.writer = writer;
    if (!reader.stdout) throw new Error('kcat has no output');
    createInterface({ input: reader.stdout }).on('line', line =>
      this.cameBack.get(line)?.(performance.now()),
    );
  }

  /** Writes messages, each when the one before has come back. @returns milliseconds of each */
  async send(messages: number): Promise<number[]> {
    const latencies: number[] = [];
    while (latencies.length < messages) latencies.push(await this.write());
    return latencies;
  }

  private write(): Promise<number> {
    const message = JSON.stringify({ key: this.count, message: `Hello Kafka ${this.count++}` });
    const text = message.padEnd(LINE_BYTES - 1);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${message} did not come back`)), PATIENCE_MS);
      const sentMs = performance.now();
      this.cameBack.set(text, atMs => {
        clearTimeout(timer);
        resolve(atMs - sentMs);
      });
      this.writer.stdin?.write(`${text}\n`);
    });
  }
}
