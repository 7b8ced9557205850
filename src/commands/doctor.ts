// `holdpoint doctor`: could a rollback be carried out right now, and could a run look at everything? Changes nothing.
import { type Finding, isLease, plural, type RollbackOrder, type StoredBaseline } from '../kit/index.ts';
import { prerequisites } from '../rollback/index.ts';
import { askControl, baseline } from '../run/index.ts';
import { isPostgresUrl } from '../store/index.ts';
import { type Context, signalCode } from './context.ts';
import { pathFindings, pathParts } from './doctor-paths.ts';
import { rollbackTools } from './rollback-tools.ts';
import { engineInput } from './run.ts';
import { type CommonOptions, type Opened, withEnvFile, withSession } from './session.ts';
import { mustBeApart } from './store-apart.ts';
import { namedStore, throwAwayRunner } from './store-url.ts';

/** Exit code 0: nothing failed; 10: something would keep a rollback or a run from working; 2: the profile is wrong. */
export const doctorCommand = async (name: string, options: CommonOptions, given: Context): Promise<number> => {
  const context = await withEnvFile(options.envFile, given);
  return withSession('check', name, options, context, async (opened) => {
    const findings = await examineAll(options, opened, context);
    const interrupted = signalCode(context);
    if (interrupted !== undefined) return interrupted;
    const text = opened.redactor.text(linesOf(opened.profile.name, findings).join('\n'));
    context.stdout.write(`${text}\n`);
    return findings.some(({ state }) => state === 'failed') ? 10 : 0;
  });
};

const examineAll = async (options: CommonOptions, opened: Opened, context: Context): Promise<Finding[]> => {
  const [store, checks] = await Promise.all([storeFindings(options, opened, context), checkFindings(opened, context)]);
  return [...store, ...(await rollbackFindings(opened, context)), ...checks];
};

/** A lock is taken and given back: the only way to know that the store can be written. */
const storeFindings = async (options: CommonOptions, opened: Opened, context: Context): Promise<Finding[]> => {
  const { store, profile } = opened;
  const what = `the store can be used (${store.where})`;
  const url = namedStore(options, context);
  const runner = url === undefined ? throwAwayRunner(context.env) : undefined;
  const lasting: Finding[] =
    runner === undefined
      ? []
      : [
          {
            what: 'the store outlives the job',
            state: profile.rollback?.mode === 'auto' ? 'failed' : 'unknown',
            because: `${store.where} is on ${runner}: gone after the job`,
            next: 'name a store that stays: HOLDPOINT_STORE=postgres://…, or a folder that is kept',
          },
        ];
  try {
    if (url !== undefined && isPostgresUrl(url)) await mustBeApart(url, profile, context.io);
    const lock = await store.lock(`doctor ${profile.service}/${profile.environment}`, 'holdpoint doctor');
    if (isLease(lock)) await lock.release();
    return [{ what, state: 'ok', because: 'a lock was taken and given back' }, ...lasting];
  } catch (error) {
    return [
      { what, state: 'failed', because: (error as Error).message, next: 'name another with --store' },
      ...lasting,
    ];
  }
};

const rollbackFindings = async (opened: Opened, context: Context): Promise<Finding[]> => {
  const { profile, store } = opened;
  if (!profile.rollback)
    return [{ what: 'there is a way back', state: 'unknown', because: `${profile.name} has no rollback section` }];
  const taken = await store.baseline(profile.service, profile.environment).catch(() => undefined);
  const [found, control] = await Promise.all([
    prerequisites(orderOf(taken, opened, context), rollbackTools(opened, context)),
    controlFinding(opened, context),
  ]);
  return [...found, control, ...pathFindings(profile, pathParts(profile, context.env))];
};

const orderOf = (taken: StoredBaseline | undefined, { profile }: Opened, context: Context): RollbackOrder => ({
  id: `doctor:${profile.service}`,
  service: profile.service,
  environment: profile.environment,
  from: undefined,
  to: taken?.live,
  causes: [],
  actor: { kind: 'person', name: context.env('USER') ?? 'unknown' },
  by: 'run',
});

const controlFinding = async ({ profile }: Opened, { io, interrupts }: Context): Promise<Finding> => {
  const what = 'the control answers and is healthy';
  const control = profile.rollback?.control;
  if (control === undefined || 'none' in control)
    return { what, state: 'ok', because: control ? `there is none: ${control.none}` : 'there is none' };
  const stop = await askControl(control, profile.root, io, interrupts.signal);
  return stop
    ? {
        what,
        state: 'failed',
        because: stop.text,
        next: 'see what it needs; while it fails, every rollback is blocked',
      }
    : { what, state: 'ok', because: 'it is healthy now' };
};

/** Each check looks as it does before a deploy: its credentials and its addresses are proven by that. */
const checkFindings = async (opened: Opened, context: Context): Promise<Finding[]> => {
  const input = engineInput('run', opened, context);
  const { checks } = await baseline({ ...input, permission: { rollback: false }, overrides: [], shadow: false });
  return opened.profile.checks.map(({ id, unavailable, next }) => {
    const what = `${id} can look`;
    if (unavailable !== undefined) return { what, state: 'failed', because: unavailable };
    const last = checks[id]?.samples.at(-1);
    if (!last) return { what, state: 'unknown', because: 'nothing was seen before a deploy' };
    return last.missed === undefined
      ? { what, state: 'ok', because: 'it looked once' }
      : { what, state: 'failed', because: last.missed.because, ...(next === undefined ? {} : { next }) };
  });
};

const labels = { ok: 'ok     ', failed: 'FAILED ', unknown: 'unknown' } as const;

/** The answer first; what failed before what could not be proven. */
const linesOf = (name: string, findings: readonly Finding[]): string[] => {
  const of = (state: Finding['state']): Finding[] => findings.filter((finding) => finding.state === state);
  const [failed, unknown] = [of('failed'), of('unknown')];
  const answer = failed.length === 0 ? 'YES' : 'NO';
  const counts = `${plural(failed.length, 'failure')}, ${unknown.length} not provable without acting, ${of('ok').length} proven`;
  return [
    `${name}: would a run and its rollback work? ${answer}: ${counts}`,
    ...[...failed, ...unknown, ...of('ok')].flatMap(({ what, state, because, next }) => [
      `  ${labels[state]}  ${what}: ${because}`,
      ...(next === undefined || state === 'ok' ? [] : [`           next: ${next}`]),
    ]),
  ];
};
