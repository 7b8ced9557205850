// `holdpoint init check NAME -- curl …`: a check of kind `http` out of the curl line that somebody has at hand.
import { join } from 'node:path';
import { stringify } from 'yaml';
import { UsageError } from '../kit/index.ts';
import { profilesFolder, projectRoot } from '../profile/index.ts';
import type { Context } from './context.ts';
import { type Curl, readCurl } from './curl.ts';
import { writeValid } from './init.ts';
import { withFiles } from './memory-files.ts';

/** Writes `checks/NAME.yaml`, proves that it loads in a profile, and prints the lines that use it. */
export const initCheckCommand = async (words: readonly string[], context: Context): Promise<number> => {
  const [name = '', program, ...args] = words;
  if (!/^\w[\w-]*$/.test(name) || program !== 'curl')
    throw new UsageError('write it like: holdpoint init check health -- curl https://auth.example.com/health');
  const { target, check, secrets } = checkOf(name, readCurl(args));
  const root = (await projectRoot(context.cwd, context.io.files)) ?? context.cwd;
  const text = `# One request and what its answer must look like; made of a curl line. \`holdpoint explain http\` has the keys.\n${stringify(check)}`;
  const use = stringify({ [name]: { use: `./checks/${name}.yaml`, target } });
  const probe = join(root, profilesFolder, '.init.yaml');
  await writeValid(
    new Map([[join(root, 'checks', `${name}.yaml`), text]]),
    '.init',
    root,
    withProbe(context, probe, name, target),
  );
  const needed = secrets.map(
    (secret) => `export ${secret}=…   # was on the curl line; it belongs into the environment\n`,
  );
  context.stdout.write(
    `checks/${name}.yaml was written. In a profile:\n\nchecks:\n${use.replaceAll(/^/gm, '  ').trimEnd()}\n\n${needed.join('')}`,
  );
  return 0;
};

/** A profile in memory that uses the check, so that it can be validated. */
const withProbe = (context: Context, path: string, name: string, target: string): Context => {
  const text = stringify({ service: 'init', checks: { [name]: { use: `./checks/${name}.yaml`, target } } });
  return { ...context, io: { ...context.io, files: withFiles(context.io.files, new Map([[path, text]])) } };
};

/** Headers that carry a secret: their values go into the environment. */
const secretHeaders = /^(?:authorization|cookie|x-api-key|.*(?:token|secret).*)$/i;

const checkOf = (
  name: string,
  { url, method, headers, body }: Curl,
): { target: string; check: object; secrets: string[] } => {
  const secrets: string[] = [];
  const shown = Object.entries(headers).map(([key, value]) => {
    if (!secretHeaders.test(key)) return [key, literal(value)];
    const secret = `${name}_${key}`.replaceAll(/\W/g, '_').toUpperCase();
    secrets.push(secret);
    return [key, `\${secret:${secret}}`];
  });
  const request = {
    [method.toLowerCase()]: literal(`${url.pathname}${url.search}`),
    ...(shown.length === 0 ? {} : { headers: Object.fromEntries(shown) as object }),
    ...body,
  };
  return { target: url.origin, check: { kind: 'http', title: name, request, expect: { status: 200 } }, secrets };
};

const literal = (text: string): string => text.replaceAll('${', '$${');
