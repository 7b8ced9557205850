// Going back to a captured revision: fenced, journaled, proven.
export { begunRollback } from './begun.ts';
export { examine, type Examined } from './examine.ts';
export { type Freeze, standingFreezes, writeFreeze } from './freezes.ts';
export { newestMigration } from './migrations.ts';
export { platforms } from './platforms/index.ts';
export { prerequisites } from './prerequisites.ts';
export { reasons } from './reasons.ts';
export { rollBack } from './roll-back.ts';
export { openPlatform, type OpenedPlatform } from './world.ts';
