// The library: the same engine, loader, store and rollback that the command line wires together.
export { builtIn } from './commands/registry.ts';
export { createIo, type IoOptions } from './io/index.ts';
export * from './kit/index.ts';
export { loadProfile } from './profile/index.ts';
export { createOut, notify, summary } from './report/index.ts';
export { openPlatform, rollBack } from './rollback/index.ts';
export { baseline, goBack, type Identity, type Permission, run, type RunInput } from './run/index.ts';
export { openFileStore, openStore } from './store/index.ts';
