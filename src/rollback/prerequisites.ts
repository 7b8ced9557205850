// Whether a rollback could be carried out, looked at when nothing is on fire: it only asks, and changes nothing.
import { duration, type Finding, type RollbackOrder, type RollbackTools } from '../kit/index.ts';
import { bounded } from './bounded.ts';
import type { Answer } from './guard.ts';
import { isNotFrozen } from './limits.ts';
import { readLive } from './live.ts';
import { newestMigration } from './migrations.ts';
import { isReversible } from './reversible.ts';

/** Milliseconds for one question to the platform, and after its abort. */
const answering = { ms: 60_000, grace: 2000 };

/**
 * Asks the platform and the guards what can be asked beforehand; `order.to` is the revision of the newest baseline,
 * where there is one. Never throws for what the world does.
 */
export const prerequisites = async (order: RollbackOrder, tools: RollbackTools): Promise<Finding[]> => {
  const found = await readLive({ tools, order });
  const live = 'live' in found ? found.live : undefined;
  const to = order.to ?? live?.revision;
  const asked = { ...order, ...(live ? { from: live.revision } : {}), ...(to === undefined ? {} : { to }) };
  const readable: Finding = live
    ? { what: 'what is live can be read', state: 'ok', because: live.detail }
    : { what: 'what is live can be read', state: 'failed', because: 'problem' in found ? found.problem : '' };
  const rest = await Promise.all([
    targetFinding(asked, order.to === undefined, tools),
    forbiddenFinding(tools),
    reversibleFinding(asked, tools),
    frozenFinding(asked, tools),
    platformFindings(tools),
  ]);
  return [readable, ...rest.flat()].map((finding) => redacted(finding, tools));
};

const redacted = ({ what, because, next, state }: Finding, { redact }: RollbackTools): Finding => ({
  state,
  what: redact(what),
  because: redact(because),
  ...(next === undefined ? {} : { next: redact(next) }),
});

const platformAnswer = <T>({ io, signal }: RollbackTools, question: (stop: AbortSignal) => Promise<T>): Promise<T> =>
  bounded({ clock: io.clock, signal, ...answering }, question);

/** A question whose failure is a finding itself. */
const asking = async (what: string, work: () => Promise<Finding>): Promise<Finding> => {
  try {
    return await work();
  } catch (error) {
    return { what, state: 'failed', because: (error as Error).message };
  }
};

const targetFinding = ({ to }: RollbackOrder, isAssumed: boolean, tools: RollbackTools): Promise<Finding> => {
  const what = 'there is a revision to go back to';
  const next = 'take a baseline before each deploy: holdpoint baseline PROFILE, or holdpoint run PROFILE -- COMMAND';
  return asking(what, async () => {
    if (to === undefined) return { what, state: 'failed', because: 'none is known', next };
    const missing = await platformAnswer(tools, async () => tools.platform.targetMissing?.(to));
    if (missing !== undefined) return { what, state: 'failed', because: missing, next: 'keep more old releases' };
    const because = isAssumed
      ? `no baseline names one yet; after the next deploy it would be ${to}, which is live now`
      : `${to}, of the newest baseline${tools.platform.targetMissing ? ', is still there' : ''}`;
    return isAssumed ? { what, state: 'unknown', because, next } : { what, state: 'ok', because };
  });
};

const forbiddenFinding = (tools: RollbackTools): Promise<Finding> => {
  const what = 'nothing else decides what is live';
  return asking(what, async () => {
    const why = await platformAnswer(tools, async (stop) => tools.platform.forbidden?.(stop));
    return why === undefined
      ? { what, state: 'ok', because: `${tools.plan.platform.name} lets it act (fence: ${tools.plan.platform.fence})` }
      : { what, state: 'failed', because: why };
  });
};

const reversibleFinding = (order: RollbackOrder, tools: RollbackTools): Promise<Finding> => {
  const what = 'somebody can say whether going back is safe';
  const { plan, io } = tools;
  return asking(what, async () => {
    switch (plan.reversible.by) {
      case 'migrations':
        return { what, state: 'ok', because: `the newest migration is ${await newestMigration(io, plan.reversible)}` };
      case 'nobody':
        return {
          what,
          state: 'unknown',
          because: 'rollback.reversible is missing: only a person may go back',
          next: 'declare it: true, false, a command, or the newest migration',
        };
      case 'declaration':
      case 'command':
        return answered(what, await isReversible({ order, tools, live: unknownLive }));
      default:
        return plan.reversible satisfies never;
    }
  });
};

/** The question whether going back is safe does not look at it. */
const unknownLive = { revision: '', settled: false, detail: '' };

const frozenFinding = (order: RollbackOrder, tools: RollbackTools): Promise<Finding> => {
  const what = 'automatic rollbacks are not frozen';
  return asking(what, async () => answered(what, await isNotFrozen({ order, tools, live: unknownLive })));
};

const answered = (what: string, { ok, because }: Answer): Finding => ({ what, state: ok ? 'ok' : 'failed', because });

/** What the platform itself can prove: programs, credentials, permissions. */
const platformFindings = async (tools: RollbackTools): Promise<Finding[]> => {
  const { platform, plan } = tools;
  const what = `${plan.platform.name} has what it needs`;
  const unknown: Finding = { what, state: 'unknown', because: `the platform ${plan.platform.name} cannot tell` };
  try {
    return (await platformAnswer(tools, async (stop) => platform.doctor?.(stop))) ?? [unknown];
  } catch (error) {
    const limit = duration(answering.ms + answering.grace);
    return [{ what, state: 'failed', because: `no answer within ${limit}: ${(error as Error).message}` }];
  }
};
