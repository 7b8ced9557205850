// From YAML to a validated profile.
export { listEnvironments, listExtended } from './inspect.ts';
export { listProfiles, profilesFolder, projectRoot } from './find.ts';
export { type Loaded, loadProfile } from './load.ts';
export type { LoadRequest } from './loading.ts';
export type { ParsedFiles } from './read.ts';
