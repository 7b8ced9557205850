// The release of the `rollback-does-not-help` scenario: its migration outlives it.
import { renamePasswordColumn } from '../changes/rename-password-column.ts';
import { runAuthService } from '../service/main.ts';

await runAuthService({ migrate: renamePasswordColumn });
