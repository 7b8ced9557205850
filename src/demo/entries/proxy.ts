// The round-robin proxy of the `one-bad-instance` scenario.
import { endWithParent } from '../service/end-with-parent.ts';
import { startProxy } from '../traffic/proxy.ts';

const proxy = await startProxy(Number(process.env['PROXY_PORT']), (process.env['PROXY_TARGETS'] ?? '').split(','));
endWithParent(() => proxy.close());
console.log('ready');
