// The bare minimum of what a thousand checks do: undici asks, status and JSON are compared, nothing is written down.
// node http-bare.mjs URL REQUESTS CONCURRENCY fresh|kept
import { Agent, request } from 'undici';

const [url, wanted, concurrency, connections] = process.argv.slice(2);
// `fresh`: a connection for each request, as a probe needs it; `kept`: as few as a client gets along with.
const dispatcher = new Agent({ connections: Number(concurrency), pipelining: connections === 'fresh' ? 0 : 1 });
let begun = 0;
let good = 0;

async function work() {
  while (begun < Number(wanted)) {
    begun += 1;
    const { statusCode, body } = await request(`${url}/items/${begun}`, { dispatcher });
    const { status } = await body.json();
    if (statusCode === 200 && status === 'ok') good += 1;
  }
}

await Promise.all(Array.from({ length: Number(concurrency) }, work));
await dispatcher.close();
if (good !== Number(wanted)) process.exitCode = 1;
