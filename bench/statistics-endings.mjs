// How releases end, at any traffic: healthy and broken ones, when evidence is required and when proof is.
import { DISPERSIONS, generator } from './statistics-streams.mjs';
import { BASELINE, seconds, seedOf, summary, WATCH } from './statistics-tables.mjs';

/** The defaults of the shipped check. */
const TOLERANCE = { points: 0.005, factor: 1.5, ceiling: 0.05 };
const TRAFFIC = [0.1, 0.3, 1, 3, 10, 30, 100, 1000];
const HEALTHY = 0.001;
const BROKEN = [0.05, 0.3, 1];

/** `pass`, `fail` or `open`, and the seconds to a failure: whichever of both comes first ends the hold. */
function ending({ fired, pass }, required) {
  const passed = pass?.[required];
  if (passed !== undefined && !(fired <= passed)) return { end: 'pass' };
  return fired === undefined ? { end: 'open' } : { end: 'fail', fired };
}

/** What comes of releases that fail at the rate `after`. */
function endings({ rule, before, runs }, rps, after) {
  const history = rps < 10 ? 86_400 : BASELINE;
  const unit = history > BASELINE ? 60 : 5;
  const random = generator(seedOf(`ends ${rps} ${after}`));
  const draw = DISPERSIONS.iid();
  return Array.from({ length: runs.releases }, () => {
    const old = Array.from({ length: history / unit }, () => draw(random, rps * unit, HEALTHY));
    const units = Array.from({ length: WATCH / 5 }, () => draw(random, rps * 5, after));
    return rule(units, 5, before(old), TOLERANCE);
  });
}

function told(all, required) {
  const ends = all.map((one) => ending(one, required));
  const share = (kind) => `${Math.round((ends.filter(({ end }) => end === kind).length / ends.length) * 100)} %`;
  const { median } = summary(ends.map(({ fired }) => fired));
  return `${share('pass')} pass, ${share('open')} open, ${share('fail')} fail${median === undefined ? '' : ` (${seconds(median)} s)`}`;
}

/** Tables for `require: evidence` and `require: proof`. */
export function releases(lab) {
  const found = TRAFFIC.map((rps) => ({ rps, ends: [HEALTHY, ...BROKEN].map((after) => endings(lab, rps, after)) }));
  const head = ['traffic', 'healthy: 0.1 %', ...BROKEN.map((rate) => `broken: ${rate * 100} %`)];
  const rows = (required) => found.map(({ rps, ends }) => [`${rps}/s`, ...ends.map((all) => told(all, required))]);
  return { evidence: { head, rows: rows('evidence') }, proof: { head, rows: rows('proof') } };
}
