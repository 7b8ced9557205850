// When each rule fires on the same simulated streams.
import { argoRule, flaggerRule, kayentaRule, minuteRatios, zRule } from './statistics-rules.mjs';
import { joined } from './statistics-streams.mjs';
import { cell, TOLERANCES, tolerated } from './statistics-tables.mjs';

export const OTHERS = ['z each look', 'Argo 1', 'Argo 3', 'Flagger', 'Kayenta'];

/** When the rules without a tolerance of their own fire on one stream. */
function others(old, units, unit, baseline, slow) {
  return {
    'z each look': zRule(units, unit, baseline),
    Flagger: flaggerRule(units, unit),
    ...(slow ? { Kayenta: kayentaRule(units, unit, old) } : {}),
  };
}

/** Argo's rule as its users set it: the limit is the tolerated multiple of the rate that was seen before. */
const argos = (ratios) => ({ 'Argo 1': argoRule(ratios, 1, 1), 'Argo 3': argoRule(ratios, 3, 1) });

/**
 * Fires of all rules in one cell, for each of the tolerances: name → seconds of each run; `ratios`: each run's minutes against the limit.
 * @param size units that holdpoint joins to one
 * @param alone leaves out all rules but holdpoint
 */
export function fires(given, { rule, before, runs }, tolerances, { size = 1, alone = false } = {}) {
  const lists = tolerances.map(() => ({ ratios: [] }));
  cell(given, (old, units, run) => {
    const unit = given.seconds ?? 5;
    const joint = joined(units, size);
    const baseline = before(joined(old, size));
    const rest = alone ? {} : others(old, units, unit, baseline, run < runs.kayenta);
    tolerances.forEach((name, at) => {
      const holdpoint = rule(joint, unit * size, baseline, TOLERANCES[name]).fired;
      const ratios = minuteRatios(
        units,
        unit,
        tolerated(baseline.errors / Math.max(1, baseline.requests), TOLERANCES[name]),
      );
      lists[at].ratios.push(ratios);
      for (const [key, time] of Object.entries({ holdpoint, ...argos(ratios), ...rest }))
        (lists[at][key] ??= []).push(time);
    });
  });
  return lists;
}
