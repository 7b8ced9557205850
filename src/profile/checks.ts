// All checks of a profile: put together, switched-off ones left out, planned.
import type { CheckPlan, Timings } from '../kit/index.ts';
import { checkLayers, type MergedCheck, mergeCheck } from './check-layers.ts';
import { isEnabled, planCheck } from './check-plan.ts';
import type { Loading } from './loading.ts';
import type { MapTree } from './tree.ts';

export interface PlannedChecks {
  /** As they are written, switched-off ones, too. */
  merged: MergedCheck[];
  /** Ids of all that are switched on, also of those with mistakes. */
  ids: string[];
  plans: CheckPlan[];
}

const withoutDisabled = async (merged: readonly MergedCheck[], loading: Loading): Promise<MergedCheck[]> => {
  const flags = await Promise.all(merged.map((check) => isEnabled(check, loading)));
  for (const [place, { id }] of merged.entries())
    if (!flags[place]) loading.warnings.push(`the check ${id} is switched off (enabled: false)`);
  return merged.filter((_, place) => flags[place]);
};

/** `errorGrace`: where the profile names one. */
export const planChecks = async (
  layers: readonly MapTree[],
  timings: Timings,
  errorGrace: number | undefined,
  loading: Loading,
): Promise<PlannedChecks> => {
  const written = checkLayers(layers, loading);
  const merged: MergedCheck[] = [];
  // One after the other: the file of defaults that many checks share is read once.
  for (const layer of written) {
    const check = await mergeCheck(layer, loading);
    if (check) merged.push(check);
  }
  const enabled = await withoutDisabled(merged, loading);
  const plans = await Promise.all(enabled.map((check) => planCheck(check, timings, errorGrace, loading)));
  const on = new Set(enabled.map(({ id }) => id));
  const off = new Set(merged.map(({ id }) => id).filter((id) => !on.has(id)));
  return {
    merged,
    ids: written.map(({ id }) => id).filter((id) => !off.has(id)),
    plans: toldApart(plans.filter((plan) => plan !== undefined)),
  };
};

/** Reports name a check by its title: several of one shipped check need their ids with it. */
const toldApart = (plans: readonly CheckPlan[]): CheckPlan[] => {
  const bearers = new Map<string, number>();
  for (const { title } of plans) bearers.set(title, (bearers.get(title) ?? 0) + 1);
  return plans.map((plan) => (bearers.get(plan.title) === 1 ? plan : { ...plan, title: `${plan.title} (${plan.id})` }));
};
