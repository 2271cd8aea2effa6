import type { DrillCase, DrillGroup } from '../support/drill-case.ts';
import { Line } from '../support/line.ts';

/** The files of the deployment go with their folder, so that a run has to send them again. */
const WITHOUT_FILES = 'rm -rf /home/ec2-user/docker_exp/*.yml /home/ec2-user/docker_exp/*.py';

/** Bytes to the machine after which a connection is cut: in the handshake, the facts, the uploads, the smoke tests. */
const CUTS = [500, 2_000, 4_000, 6_000, 9_000, 13_000, 18_000, 25_000, 34_000, 46_000, 60_000, 80_000];

const cutOnce: DrillCase = {
  name: 'line-cut-once',
  situation: `The connection is cut once in each of ${CUTS.length} runs, after 500 bytes to 80 kB: in the handshake, an upload, a step, a round trip.`,
  right: 'every run connects again and passes',
  withinS: 600,
  run: async scene => {
    for (const bytes of CUTS) {
      await scene.root(WITHOUT_FILES);
      await using line = await Line.to(scene.machine, { cutAfterBytes: [bytes] });
      const run = await scene.action(line.inputs);
      if (run.outputs.result !== 'passed') return run;
      const lost = run.outputs['messages-lost'];
      if (lost !== '0') throw new Error(`cut after ${bytes} bytes: messages-lost is ${lost}`);
    }
    return scene.action();
  },
  ends: { result: 'passed' },
};

const slow: DrillCase = {
  name: 'line-slow',
  situation: 'Every byte takes 400 ms longer each way, and 256 kB go through in a second.',
  right: 'passes',
  withinS: 300,
  run: async scene => {
    await using line = await Line.to(scene.machine, { delayMs: 400, bytesPerS: 256_000 });
    return await scene.action({ ...line.inputs, 'smoke-timeout': '120' });
  },
  ends: { result: 'passed', outputs: { 'messages-consumed': '10', 'messages-lost': '0' } },
};

const alwaysCut: DrillCase = {
  name: 'line-cut-always',
  situation: 'Every connection is cut after 8 kB.',
  right: 'ssh-connection-lost, never a count that says lost',
  withinS: 90,
  run: async scene => {
    await using line = await Line.to(scene.machine, { cutAfterBytes: Array(1_000).fill(8_000) });
    return await scene.action({ ...line.inputs, 'connect-timeout': '20' });
  },
  ends: { result: 'failed', code: 'ssh-connection-lost', neverSays: [/messages? (are|is) lost/] },
};

export const LINES: DrillGroup = { name: 'lines', machine: 'deployed', cases: [cutOnce, slow, alwaysCut] };
