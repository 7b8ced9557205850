// The release of the `flaky` scenario: one sign-in in twenty of the smoke account fails.
import { wobblingAuthentication } from '../changes/wobbling-authentication.ts';
import { passwordAuthentication } from '../service/login.ts';
import { runAuthService } from '../service/main.ts';

await runAuthService({
  authenticate: (_config, database) => wobblingAuthentication('smoke', passwordAuthentication(database)),
});
