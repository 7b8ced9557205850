// The built-in parts by name: the one place that knows them all.
import type { Registered, Registry } from '../kit/index.ts';
import { kinds } from '../kinds/index.ts';
import { reporters } from '../report/index.ts';
import { platforms } from '../rollback/platforms/index.ts';
import { sources } from '../sources/index.ts';

/** A part is made when it is first asked for: its schemas cost more than a whole run of another kind. */
const byName = <Part>(makers: Readonly<Record<string, () => Part>>): ReadonlyMap<string, Registered<Part>> =>
  new Map(Object.entries(makers).map(([name, make]) => [name, lazy(make)]));

const lazy = <Part>(make: () => Part): Registered<Part> => ({
  get part() {
    return make();
  },
  origin: 'holdpoint',
});

/** Everything that ships with holdpoint; plugins of a profile are added by the loader. */
export const builtIn = (): Registry => ({
  kinds: byName(kinds),
  sources: byName(sources),
  platforms: byName(platforms),
  reporters: byName(reporters),
});
