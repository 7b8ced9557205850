// The life of one instance of the auth service as a process: reads its config, says `ready`, ends with its parent.
import { readConfig } from './config.ts';
import { endWithParent } from './end-with-parent.ts';
import { type Parts, startAuthService } from './server.ts';

/** What every release's entry calls, with its own changes. */
export const runAuthService = async (changes: Partial<Parts> = {}): Promise<void> => {
  const config = readConfig(process.argv[1] ?? '', process.env);
  const service = await startAuthService(config, changes);
  endWithParent(() => service.close());
  console.log('ready');
};
