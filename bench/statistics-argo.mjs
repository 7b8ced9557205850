// Argo's rule at as few false alarms as holdpoint's: its limit is raised until it gives no more of them on the same streams.
import { argoRule } from './statistics-rules.mjs';
import { later, QUIET, RATES, seconds, summary } from './statistics-tables.mjs';

/** Failed minutes that it takes, `failureLimit` + 1. */
const FAILED = [1, 2, 3, 4, 5];

const count = (times) => times.filter((time) => time !== undefined).length;

/** The smallest multiple of the limit, at least 1, at which no more of these runs have `failed` minutes above it than holdpoint stopped. */
function multipleOf({ ratios, holdpoint }, failed) {
  const reached = ratios.map((minutes) => minutes.toSorted((a, b) => b - a)[failed - 1] ?? 0).sort((a, b) => b - a);
  return Math.max(1, reached[count(holdpoint)] ?? 1);
}

/**
 * The settings of Argo's rule that give no more false alarms than holdpoint, for one tolerance, rate and traffic: by failed minutes, the
 * smallest multiple that holds in every one of these cells, with no change and at the limit.
 */
function settings(cells) {
  return FAILED.map((failed) => ({ failed, multiple: Math.max(...cells.map((one) => multipleOf(one, failed))) }));
}

/** The calibrations of a tolerance, rate and traffic: on every way of errors, and on independent errors alone. */
export function calibrations(byWay) {
  const cells = (ways) => ways.flatMap((way) => [byWay[way].still, byWay[way].limit]);
  return { every: settings(cells(QUIET)), iid: settings(cells(['iid'])) };
}

/** The quickest of the settings on these streams: what somebody would choose who knew the change beforehand. */
function quickest(all, { ratios }) {
  const tried = all.map((one) => ({
    ...one,
    ...summary(ratios.map((run) => argoRule(run, one.failed, one.multiple))),
  }));
  return tried.reduce((best, one) => (later(best.median, one.median) ? one : best));
}

const shown = ({ median, failed, multiple }) =>
  median === undefined ? '–' : `${median} (${failed} above ${multiple.toFixed(multiple < 10 ? 2 : 0)}×)`;

/**
 * The row of one change in the comparison, and the cells in which holdpoint is later. Settings that suit independent errors alone are tried
 * on those only: on others they give more false alarms.
 */
export function compared(change, tolerance, way, cells, calibrated) {
  const own = cells.map((lists) => summary(lists.holdpoint).median);
  const rivals = (kind) => cells.map((lists, at) => quickest(calibrated[at][kind], lists));
  const every = rivals('every');
  const iid = way === 'iid' ? rivals('iid') : [];
  const behind = (all) =>
    all.flatMap((one, at) =>
      later(own[at], one.median)
        ? [`${change} ${tolerance} ${way} at ${RATES[at]}/s (${seconds(own[at])} s, Argo ${shown(one)})`]
        : [],
    );
  const asSet = cells.map((lists) => seconds(summary(lists['Argo 1']).median)).join(' ');
  const text = (all) => (all.length === 0 ? 'not tried' : all.map(shown).join(', '));
  const row = [change, tolerance, way, own.map(seconds).join(' '), asSet, text(every), text(iid)];
  return { row, behind: { every: behind(every), iid: behind(iid) } };
}
