// `holdpoint freeze`: no automatic rollback of a service for a while; lists and lifts freezes, too.
import { isoTime, type Store, UsageError } from '../kit/index.ts';
import { listProfiles, projectRoot } from '../profile/index.ts';
import { type Freeze, standingFreezes, writeFreeze } from '../rollback/index.ts';
import type { Context } from './context.ts';
import { actorOf } from './identity.ts';
import { withProjectStore } from './project-store.ts';

export interface FreezeOptions {
  /** Milliseconds. */
  for?: number;
  reason?: string;
  lift: boolean;
  store?: string;
}

/** Longest freeze, milliseconds: one that nobody remembers protects nobody. */
const longest = 30 * 24 * 3_600_000;

/** Without a service: the freezes that stand. Exit code 0; a mistake is 2. */
export const freezeCommand = (target: string | undefined, options: FreezeOptions, context: Context): Promise<number> =>
  withProjectStore(options, context, async (store) => {
    if (target === undefined) return list(options, store, context);
    const [service = '', environment = null, ...rest] = target.split('/');
    if (service === '' || environment === '' || rest.length > 0)
      throw new UsageError(`"${target}" is neither SERVICE nor SERVICE/ENVIRONMENT`);
    const scope = { service, environment };
    const text = await (options.lift ? lift : begin)(scope, options, store, context);
    context.stdout.write(`${text}\n`);
    return 0;
  });

type Scope = Pick<Freeze, 'service' | 'environment'>;

const nameOf = ({ service, environment }: Scope): string =>
  environment === null ? `${service} (all environments)` : `${service}/${environment}`;

const begin = async (scope: Scope, { for: length, reason }: FreezeOptions, store: Store, context: Context) => {
  if (length === undefined || reason === undefined || reason.trim() === '')
    throw new UsageError('write how long and why: holdpoint freeze SERVICE --for 2h --reason TEXT');
  if (length <= 0 || length > longest) throw new UsageError('--for is above 0 and at most 30 days');
  await warnIfUnknown(scope, store, context);
  const now = context.io.clock.now();
  const until = isoTime(now + length);
  const by = actorOf(context.env).name;
  await writeFreeze(store, { at: isoTime(now), ...scope, until, reason: reason.trim(), by });
  return `${nameOf(scope)} is frozen until ${until}: no automatic rollback. By hand it works all the same. Ends before with --lift. Kept in ${store.where}: runs with another store do not see it.`;
};

const lift = async (scope: Scope, { reason, for: length }: FreezeOptions, store: Store, context: Context) => {
  if (length !== undefined) throw new UsageError('--lift ends a freeze at once: it takes no --for');
  const now = context.io.clock.now();
  const standing = await standingFreezes(store, now, scope.service);
  if (!standing.some(({ environment }) => environment === scope.environment)) {
    const others = standing.map(nameOf).join(', ');
    throw new UsageError(`${nameOf(scope)} is not frozen${others === '' ? '' : `; what is: ${others}`}`);
  }
  const at = isoTime(now);
  const by = actorOf(context.env).name;
  await writeFreeze(store, { at, ...scope, until: at, reason: reason ?? 'lifted', by });
  return `${nameOf(scope)} is not frozen any more`;
};

/** A freeze of a name that nobody has would protect nothing. */
const warnIfUnknown = async ({ service }: Scope, store: Store, { cwd, io, stderr }: Context): Promise<void> => {
  const profiles = await listProfiles((await projectRoot(cwd, io.files)) ?? cwd, io.files);
  if (profiles.includes(service) || (await store.records({ service, limit: 1 })).length > 0) return;
  stderr.write(`holdpoint: no profile is named "${service}" and no run of it is kept: is the name right?\n`);
};

const list = async ({ lift: lifts, for: length, reason }: FreezeOptions, store: Store, context: Context) => {
  if (lifts || length !== undefined || reason !== undefined)
    throw new UsageError('name the service: holdpoint freeze SERVICE --for 2h --reason TEXT');
  const standing = await standingFreezes(store, context.io.clock.now());
  const lines = standing.map(
    (freeze) => `${nameOf(freeze)}: until ${freeze.until} by ${freeze.by}, since ${freeze.at}: ${freeze.reason}`,
  );
  context.stdout.write(`${lines.join('\n') || `nothing is frozen (${store.where})`}\n`);
  return 0;
};
