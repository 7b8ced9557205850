// By hand: what earlier runs know of the service, so that the person sees what is new.
import { minuteOf, type RunRecord, type StoredBaseline } from '../kit/index.ts';
import { restoreBaselines, setBaseline } from './baseline.ts';
import { type Course, note, readable } from './course.ts';
import { lastCounted } from './last-counted.ts';
import { fromRecorded } from './samples.ts';
import type { Watched } from './watched.ts';

/** By hand: compared with the last good run; the newest run only tells what is new. */
export const recallLastRuns = async (course: Course): Promise<void> => {
  const { profile, store } = course.input;
  const { service, environment } = profile;
  const records = await readable(course, [], () => store.records({ service, environment, limit: 50 }));
  const good = records.find(isGood);
  if (good) compareWith(course, good);
  else note(course, 'info', 'there is no last good run to compare with: judged in absolute terms');
  const [newest] = records;
  if (newest) recallFailures(course, newest);
  const counted = lastCounted(records, course.input.io.clock.now());
  if (counted) course.lastCounted = counted;
};

const compareWith = (course: Course, good: RunRecord): void => {
  const { runId, finishedAt, release } = good;
  restoreBaselines(course.watched, heldSamples(good));
  course.comparedWith = { runId, finishedAt, label: release.label };
  const label = release.label === '' || release.label === 'unnamed' ? '' : `, release ${release.label}`;
  note(course, 'info', `compared with the last good run, ${minuteOf(finishedAt)}${label}`);
};

const isGood = ({ decision, shadow, overrides }: RunRecord): boolean =>
  decision.action === 'pass' && !shadow && overrides.length === 0;

const heldSamples = ({ checks }: RunRecord): StoredBaseline['checks'] =>
  Object.fromEntries(
    checks.map(({ id, kind, samples }) => [id, { kind, samples: samples.filter(({ phase }) => phase === 'hold') }]),
  );

const recallFailures = (course: Course, newest: RunRecord): void => {
  for (const watched of course.watched) {
    const known = newest.checks.find(({ id }) => id === watched.check.id);
    if (known?.outcome !== 'fail') continue;
    const { reason, because, value, limit } = known;
    watched.before = {
      outcome: 'fail',
      settled: true,
      reason,
      because,
      ...(value === undefined ? {} : { value }),
      ...(limit === undefined ? {} : { limit }),
    };
    if (watched.baseline.from === 'none') setBaselineSilently(watched, known.baseline);
  }
};

/** Keeps the older baseline's samples without judging them anew: the newest failure is what attribution compares with. */
const setBaselineSilently = (watched: Watched, baseline: RunRecord['checks'][number]['baseline']): void => {
  const { before } = watched;
  setBaseline(watched, { from: baseline.from, samples: fromRecorded(baseline.samples) });
  watched.before = before;
};
