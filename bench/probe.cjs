// Loaded into a measured process with --require: at its end, writes what it cost as JSON into the folder BENCH_PROBE names.
'use strict';
const folder = process.env.BENCH_PROBE;

/** How often the event loop is asked, milliseconds. The histogram counts this interval as delay, so it is taken off. */
const RESOLUTION = 5;

function watchEventLoop() {
  const { monitorEventLoopDelay } = require('node:perf_hooks');
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
  histogram.enable();
  return histogram;
}

if (folder) {
  // A cold start is measured without the histogram: it would be part of the cost.
  const delays = process.env.BENCH_DELAYS ? watchEventLoop() : undefined;
  process.on('exit', () => {
    const { user, system } = process.cpuUsage();
    const cost = {
      argv: process.argv,
      cpuMs: (user + system) / 1000,
      peakMb: process.resourceUsage().maxRSS / 1024,
      delayP99Ms: delays && Math.max(0, delays.percentile(99) / 1e6 - RESOLUTION),
      delayMaxMs: delays && Math.max(0, delays.max / 1e6 - RESOLUTION),
    };
    require('node:fs').writeFileSync(`${folder}/${process.pid}.json`, JSON.stringify(cost));
  });
}
