// The release that is live before every deploy of the lab.
import { runAuthService } from '../service/main.ts';

await runAuthService();
