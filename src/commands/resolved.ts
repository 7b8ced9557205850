// Loads a profile whole, with every value resolved, for a command that looks at the system or at what was seen of it.
import { resolve } from 'node:path';
import type { Redactor } from '../kit/index.ts';
import { type Loaded, loadProfile, type LoadRequest } from '../profile/index.ts';
import type { Context } from './context.ts';
import { builtIn } from './registry.ts';

/** What differs between the commands. */
type Wanted = Pick<LoadRequest, 'name' | 'verb' | 'durableStore' | 'standIns'>;

/** Throws a `UsageError` with every problem of the profile. */
export const loadResolved = (wanted: Wanted, redactor: Redactor, { cwd, io, packageRoot }: Context): Promise<Loaded> =>
  loadProfile({
    ...wanted,
    cwd,
    io,
    registry: builtIn(),
    checksFolder: resolve(packageRoot, 'checks'),
    redactor,
    resolve: true,
  });
