// A release with a harmless change: the `healthy` scenario, and all whose difference is not in the code.
import { greetWithWelcome } from '../changes/greet-with-welcome.ts';
import { runAuthService } from '../service/main.ts';

await runAuthService({ greet: greetWithWelcome });
