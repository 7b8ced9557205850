// The built-in parts by name: the one place that knows them all.
import type { Registered, Registry } from '../kit/index.ts';
import { kinds } from '../kinds/index.ts';
import { reporters } from '../report/index.ts';
import { platforms } from '../rollback/platforms/index.ts';
import { sources } from '../sources/index.ts';

const byName = <Part extends { name: string }>(parts: readonly Part[]): ReadonlyMap<string, Registered<Part>> =>
  new Map(parts.map((part) => [part.name, { part, origin: 'holdpoint' }]));

/** Everything that ships with holdpoint; plugins of a profile are added by the loader. */
export const builtIn = (): Registry => ({
  kinds: byName(kinds),
  sources: byName(sources),
  platforms: byName(platforms),
  reporters: byName(reporters),
});
