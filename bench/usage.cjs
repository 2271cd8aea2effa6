// Loaded into a process that is measured: at its end it writes what it used to the file that BENCH_USAGE names. A process without a
// script is bare node.
const [, script] = process.argv;
if (process.env.BENCH_USAGE && (script === undefined || script.endsWith('dist/index.js'))) {
  process.on('exit', () => {
    const { readFileSync, writeFileSync } = require('node:fs');
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    // How long its thread was ready and had no processor, in nanoseconds: proc(5), schedstat.
    const waitedS = Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[1]) / 1e9;
    const usage = { peakMiB: maxRSS / 1024, cpuS: (userCPUTime + systemCPUTime) / 1e6, waitedS };
    writeFileSync(process.env.BENCH_USAGE, JSON.stringify(usage));
  });
}
