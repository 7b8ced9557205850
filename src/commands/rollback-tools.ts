// What a rollback of a session works with: its platform, its store, and the person at the terminal.
import { type RollbackReport, type RollbackTools, UsageError } from '../kit/index.ts';
import { rollBack } from '../rollback/index.ts';
import type { RunInput } from '../run/index.ts';
import type { Context } from './context.ts';
import type { Opened } from './session.ts';

/** Binds the rollback to its tools; a person at the terminal is asked first, also under `auto`. */
export const carryOut =
  (opened: Opened, context: Context): NonNullable<RunInput['rollBack']> =>
  async (order, verify, snapshot): Promise<RollbackReport> =>
    rollBack(order, {
      ...rollbackTools(opened, context),
      verify,
      snapshot,
      ...(context.stdin.isTTY && order.by === 'run'
        ? { confirm: (question) => opened.reporting.quietly(() => confirm(question, context)) }
        : {}),
    });

/** What every rollback of a session works with; nothing can be proven with it yet. */
export const rollbackTools = (
  { profile, store, reporting, redactor, platform }: Opened,
  context: Context,
): RollbackTools => {
  const { rollback: plan } = profile;
  if (!plan || !platform) throw new UsageError(`${profile.name} has no rollback section`);
  return {
    io: context.io,
    root: profile.root,
    store,
    plan,
    platform: platform.session,
    acts: platform.acts,
    emit: reporting.emit,
    redact: (text) => redactor.text(text),
    verify: async () => ({ green: false, because: 'nothing was held again' }),
    signal: context.interrupts.signal,
  };
};

const confirm = async (question: string, context: Context): Promise<boolean> =>
  /^y(es)?$/i.test((await context.ask(`${question} [y/N] `)).trim());
