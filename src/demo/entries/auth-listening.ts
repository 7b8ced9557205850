// The release of the `incident` scenario: a database connection per session.
import { listeningSessions } from '../changes/listening-sessions.ts';
import { runAuthService } from '../service/main.ts';
import { storedSessions } from '../service/sessions.ts';

await runAuthService({ sessions: (config, database) => listeningSessions(config, storedSessions(database)) });
