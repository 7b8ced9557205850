// The release of the `login-broken`, `preexisting` and `hotfix` scenarios: sign-ins need a key file.
import { signedSessions } from '../changes/signed-sessions.ts';
import { runAuthService } from '../service/main.ts';
import { storedSessions } from '../service/sessions.ts';

await runAuthService({ sessions: (config, database) => signedSessions(config, storedSessions(database)) });
