// The counts of the last passed run, for checks of a rate whose source has no history: a few seconds of looking know little.
import type { Json, RunRecord, Sample } from '../kit/index.ts';
import { setBaseline, verdictOn } from './baseline.ts';
import { type Course, note, readable } from './course.ts';
import { fromRecorded } from './samples.ts';
import type { Watched } from './watched.ts';

/** An older release is too far from this one. Milliseconds. */
const oldest = 30 * 24 * 3_600_000;

/** Puts what the last passed run saw in its hold before what was captured. */
export const addLastPassed = async (course: Course): Promise<void> => {
  const short = course.watched.filter(
    ({ check, baseline }) => check.kind.baseline === 'window' && baseline.from !== 'derived',
  );
  if (short.length === 0) return;
  const { profile, store, io } = course.input;
  const { service, environment } = profile;
  const records = await readable(course, [], () => store.records({ service, environment, limit: 50 }));
  const passed = records.find((record) => isPassed(record) && Date.parse(record.finishedAt) > io.clock.now() - oldest);
  if (!passed) return;
  const added = short.filter((watched) => addTo(watched, passed)).map(({ check }) => check.id);
  if (added.length > 0)
    note(
      course,
      'info',
      `baseline of ${added.join(', ')}: with the counts of the last passed run, ${passed.finishedAt}`,
    );
};

const isPassed = ({ verb, decision, shadow, overrides }: RunRecord): boolean =>
  verb === 'run' && decision.action === 'pass' && !shadow && overrides.length === 0;

/** A baseline that fails stays alone: what was normal then would hide that it is broken now. */
const addTo = (watched: Watched, { checks }: RunRecord): boolean => {
  const { check, baseline, before } = watched;
  const known = checks.find(({ id, kind }) => id === check.id && kind === check.kind.name);
  const held = fromRecorded(known?.samples.filter(({ phase }) => phase === 'hold') ?? []);
  const samples = held.map((sample): Sample<Json> => ({ ...sample, phase: 'baseline' }));
  if (!samples.some((sample) => 'seen' in sample) || before?.outcome === 'fail') return false;
  if (verdictOn(watched, { from: 'captured', samples })?.outcome === 'fail') return false;
  setBaseline(watched, { from: 'captured', samples: [...samples, ...baseline.samples] });
  return true;
};
