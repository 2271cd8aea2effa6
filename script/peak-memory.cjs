// script/bench-memory and script/bench-scale load this into the action. At the end it prints the peak memory, the
// processor time, and how long its thread was ready and had no processor (proc(5), schedstat).
if (process.argv[1]?.endsWith('dist/index.js')) {
  process.on('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    const [peak, busy] = [Math.round(maxRSS / 1024), Math.round((userCPUTime + systemCPUTime) / 1000)];
    const { readFileSync, writeSync } = require('node:fs');
    const waited = Math.round(Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[1]) / 1e6);
    writeSync(2, `peak memory: ${peak} MiB\nprocessor time: ${busy} ms\nno processor: ${waited} ms\n`);
  });
}
