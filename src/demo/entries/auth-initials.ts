// The release of the `error-spike` scenario: the account page fails for accounts without a display name.
import { greetByInitials } from '../changes/greet-by-initials.ts';
import { runAuthService } from '../service/main.ts';

await runAuthService({ greet: greetByInitials });
