// Loaded into a process that is measured: at its end it writes what it used to the file that BENCH_USAGE names. A process without a
// script is bare node.
const [, script] = process.argv;
if (process.env.BENCH_USAGE && (script === undefined || script.endsWith('dist/index.js'))) {
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    const usage = { peakMiB: maxRSS / 1024, cpuS: (userCPUTime + systemCPUTime) / 1e6 };
    require('node:fs').writeFileSync(process.env.BENCH_USAGE, JSON.stringify(usage));
  });
}
