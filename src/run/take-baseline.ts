// The baseline of a run: captured now, stored by an earlier command, or read from the sources' own history.
import {
  duration,
  isoTime,
  type Json,
  plural,
  type RunRecord,
  type Sample,
  type StoredBaseline,
  messageOf,
} from '../kit/index.ts';
import { restoreBaselines, storedChecks } from './baseline.ts';
import { captureBaselines, deriveBaselines } from './capture.ts';
import { type Course, enterPhase, mark, note, readable } from './course.ts';
import { preview } from './judging.ts';
import { addLastPassed } from './last-passed.ts';
import { toRecorded } from './samples.ts';
import type { Watched } from './watched.ts';

/** Captures what is seen now, in the form of the store; also the live revision. */
export const captureBaseline = async (course: Course): Promise<StoredBaseline> => {
  const { input, watched } = course;
  const { profile, io, signal } = input;
  const length = profile.timings.baseline;
  enterPhase(
    course,
    'baseline',
    length,
    `baseline: looking at ${plural(watched.length, 'check')} before the deploy, at most ${duration(length)}`,
  );
  const [live, migration] = await Promise.all([liveNow(course), migrationNow(course)]);
  const onLook = (one: Watched, samples: Sample<Json>[]): void => preview(input.emit, one, samples, io.clock.now());
  await captureBaselines(watched, {
    clock: io.clock,
    signal,
    length,
    onLook,
    onNote: (text) => note(course, 'info', text),
  });
  const takenAt = isoTime(io.clock.now());
  mark(course, 'baseline');
  return {
    format: 'holdpoint.baseline/1',
    service: profile.service,
    environment: profile.environment,
    release: input.identity.label ?? live ?? 'unnamed',
    takenAt,
    ...(live === undefined ? {} : { live }),
    ...(migration === undefined ? {} : { migration }),
    profileHash: profile.hash,
    checks: storedChecks(watched, toRecorded),
  };
};

/** The live revision; a platform that cannot tell is said, and there is no target to return to. */
const liveNow = async (course: Course): Promise<string | undefined> => {
  const { platform, signal } = course.input;
  if (!platform) return undefined;
  try {
    return (await platform.live(signal)).revision;
  } catch (error) {
    note(course, 'warn', `the live revision cannot be read: ${messageOf(error)}`);
    return undefined;
  }
};

/** The newest migration, for the question whether going back is safe. */
const migrationNow = async (course: Course): Promise<string | undefined> => {
  try {
    return await course.input.migration?.();
  } catch (error) {
    note(course, 'warn', messageOf(error));
    return undefined;
  }
};

/** With a deploy command: capture now. Without: what `holdpoint baseline` has stored, or the sources' own history. */
export const takeBaseline = async (course: Course): Promise<void> => {
  await readBaseline(course);
  await addLastPassed(course);
};

const readBaseline = async (course: Course): Promise<void> => {
  const { input } = course;
  if (input.deploy) return adopt(course, await keep(course, await captureBaseline(course)));
  const stored = input.baseline ?? (await readable(course, undefined, () => findStored(course)));
  if (stored) {
    restoreBaselines(course.watched, stored.checks);
    adopt(course, stored);
    await deriveBaselines(course.watched, Date.parse(stored.takenAt), derivation(course));
    note(course, 'info', `baseline: captured ${stored.takenAt} for ${stored.release}`);
    return;
  }
  await deriveBaselines(course.watched, input.io.clock.now() - input.profile.timings.rollout, derivation(course));
  tellWithout(course);
};

/** Only a source with a history of its own says how it was before, when nobody looked. */
const tellWithout = (course: Course): void => {
  const without = course.watched.filter(({ baseline }) => baseline.samples.length === 0).map(({ check }) => check.id);
  const whose = without.length === course.watched.length ? 'failures' : `failures of ${without.join(', ')}`;
  if (without.length > 0)
    note(course, 'warn', `no baseline was captured before this deploy: ${whose} cannot be attributed to it`);
};

/** Reading a source's own history may take as long as capturing a baseline. */
const derivation = (course: Course) => ({
  clock: course.input.io.clock,
  signal: course.input.signal,
  length: course.input.profile.timings.baseline,
  onNote: (text: string) => note(course, 'info', text),
});

/** A store that cannot be written costs later runs their baseline, not this one. */
const keep = async (course: Course, taken: StoredBaseline): Promise<StoredBaseline> => {
  const { store, signal } = course.input;
  // What an interruption left half seen must not stand for this release later.
  if (signal.aborted) return taken;
  try {
    if ((await store.saveBaseline(taken)) === 'saved') return taken;
  } catch (error) {
    note(course, 'warn', `the baseline could not be stored: ${messageOf(error)}`);
    return taken;
  }
  const first = await store.baseline(taken.service, taken.environment, taken.release);
  if (first?.live === undefined) return taken;
  const { live, takenAt, migration } = first;
  return { ...taken, live, takenAt, ...(migration === undefined ? {} : { migration }) };
};

const findStored = async (course: Course): Promise<StoredBaseline | undefined> => {
  const { input } = course;
  const { service, environment } = input.profile;
  const { label } = input.identity;
  const exact = label === undefined ? undefined : await input.store.baseline(service, environment, label);
  return exact ?? unlessOver(course, await input.store.baseline(service, environment));
};

/** A baseline that was taken for another label is this deploy's only while its own deploy is not over. Milliseconds. */
const newestCounts = 24 * 60 * 60_000;

const unlessOver = async (course: Course, newest: StoredBaseline | undefined): Promise<StoredBaseline | undefined> => {
  const { store, io, profile } = course.input;
  if (!newest) return undefined;
  const takenAt = Date.parse(newest.takenAt);
  const records = await store.records({ service: profile.service, environment: profile.environment, limit: 50 });
  const over = records.some((record) => Date.parse(record.finishedAt) > takenAt && hasEnded(record));
  if (!over && io.clock.now() - takenAt <= newestCounts) return newest;
  note(
    course,
    'warn',
    `the newest baseline (${newest.takenAt}, for ${newest.release}) belongs to an earlier deploy and is not used`,
  );
  return undefined;
};

/** A release that passed, or was rolled back: what comes now is another deploy. */
const hasEnded = ({ verb, decision, rollback, shadow, overrides }: RunRecord): boolean =>
  rollback?.state === 'ROLLED_BACK' ||
  (verb === 'run' && decision.action === 'pass' && !shadow && overrides.length === 0);

const adopt = (course: Course, { live, takenAt, migration }: StoredBaseline): void => {
  if (migration !== undefined) course.migration = migration;
  if (live !== undefined) course.to = live;
  course.baselineTakenAt = takenAt;
};
