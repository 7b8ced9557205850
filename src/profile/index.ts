// From YAML to a validated profile.
export { sourceNames } from './check-shapes.ts';
export { listEnvironments, listExtended } from './inspect.ts';
export { listProfiles, profilesFolder, projectRoot } from './find.ts';
export { type Loaded, loadProfile } from './load.ts';
export type { LoadRequest } from './loading.ts';
export type { ParsedFiles } from './read.ts';
export { literal } from './references.ts';
export { checkSchema, fixedKeys, notifySchema, rollbackSchema, topSchema } from './schema.ts';
