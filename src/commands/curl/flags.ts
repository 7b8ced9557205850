// The flags of curl: what each says of the request, and why some cannot be taken over.
import { UsageError } from '../../kit/index.ts';
import type { ReadFile, Reading } from './reading.ts';

/** One flag. */
export interface Flag {
  takesValue: boolean;
  apply(reading: Reading, value: string, read: ReadFile): void | Promise<void>;
}

const without = (apply: (reading: Reading) => void): Flag => ({ takesValue: false, apply });
const withValue = (apply: Flag['apply']): Flag => ({ takesValue: true, apply });

const noted = (sentence: string): Flag => without(({ notes }) => void notes.add(sentence));
const refused = (why: string, takesValue = false): Flag => ({
  takesValue,
  apply: () => {
    throw new UsageError(`the curl line cannot become a check: ${why}`);
  },
});

const header = ({ headers }: Reading, name: string, value: string): void => void headers.push([name, value]);

/** `Name: value`, `Name;` (an empty one); `Name:` takes a header of curl's own away, and we send none of those. */
const headerLine = (reading: Reading, line: string): void => {
  if (line.startsWith('@')) throw new UsageError(`the curl line reads headers from a file (${line}): write them out`);
  const [, name = '', sign, value = ''] = /^([^:;]*)([:;]?)([^]*)$/.exec(line) ?? [];
  if (sign === ';') header(reading, name.trim(), '');
  else if (value.trim() !== '') header(reading, name.trim(), value.trim());
};

/** `-d @file` is the file without its line ends, `--data-binary @file` as it is. */
const data =
  (lines: 'joined' | 'kept'): Flag['apply'] =>
  async (reading, value, read) => {
    const text = value.startsWith('@') ? await read(value.slice(1)) : value;
    reading.data.push(lines === 'joined' && value.startsWith('@') ? text.replaceAll(/[\r\n\0]/g, '') : text);
  };

/** `text`, `=text`, `name=text`, `@file`, `name@file`: the text is encoded, the name is not. */
const encodedData: Flag['apply'] = async (reading, value, read) => {
  const [, name = '', sign, rest = ''] = /^([^=@]*)([=@])([^]*)$/.exec(value) ?? [];
  const text = sign === undefined ? value : sign === '@' ? await read(rest) : rest;
  reading.data.push(`${name === '' ? '' : `${name}=`}${encodeURIComponent(text)}`);
};

const cookie: Flag['apply'] = (reading, value) => {
  if (!value.includes('=')) throw new UsageError(`the curl line reads cookies from a file (${value}): write them out`);
  header(reading, 'Cookie', value);
};

/** `HOST:PORT:ADDRESS`, and `HOST:PORT:HOST:PORT` of --connect-to. */
const resolveTo: Flag['apply'] = (reading, value) => {
  const [, port, address] = /^[^:]*:(\d+):(\[[^\]]+\]|[^:,]+)/.exec(value) ?? [];
  if (port === undefined) throw new UsageError('--resolve of the curl line must be HOST:PORT:ADDRESS');
  reading.connectTo = `${address}:${port}`;
};
const connectTo: Flag['apply'] = (reading, value) => {
  const [, host, port] = /^[^:]*:\d*:(\[[^\]]+\]|[^:]+):(\d+)$/.exec(value) ?? [];
  if (port === undefined) throw new UsageError('--connect-to of the curl line must be HOST1:PORT1:HOST2:PORT2');
  reading.connectTo = `${host}:${port}`;
};

const certificates = 'certificates are always checked; an authority of your own is trusted by NODE_EXTRA_CA_CERTS=FILE';
const redirects = '-L is left out: redirects are not followed, `expect` is about the first answer';

/** What curl does on the terminal and on the line says nothing of the request. */
const silent =
  'silent show-error fail fail-with-body verbose include globoff no-buffer progress-bar no-progress-meter compressed http1.0 http1.1 ' +
  'http2 ipv4 ipv6 tlsv1.2 tlsv1.3 basic remote-name remote-header-name disable no-keepalive tcp-nodelay path-as-is styled-output';
const silentWithValue =
  'output connect-timeout retry retry-delay retry-max-time write-out max-redirs cookie-jar dump-header stderr trace trace-ascii ' +
  'limit-rate keepalive-time ciphers';

const named = (names: string, flag: Flag): Record<string, Flag> =>
  Object.fromEntries(names.split(' ').map((name) => [name, flag]));

/** By their long names. */
export const flags: Readonly<Record<string, Flag>> = {
  ...named(
    silent,
    without(() => undefined),
  ),
  ...named(
    silentWithValue,
    withValue(() => undefined),
  ),
  location: noted(redirects),
  'location-trusted': noted(redirects),
  insecure: noted(`-k is left out: ${certificates}`),
  cacert: withValue(({ notes }) => void notes.add(`--cacert is left out: ${certificates}`)),
  capath: withValue(({ notes }) => void notes.add(`--capath is left out: ${certificates}`)),
  'max-time': withValue((reading, value) => {
    if (!(Number(value) > 0)) throw new UsageError('--max-time of the curl line must be a number of seconds');
    reading.timeout = Number(value);
  }),
  request: withValue((reading, value) => void (reading.method = value)),
  head: without((reading) => void (reading.method ??= 'HEAD')),
  get: without((reading) => void (reading.inQuery = true)),
  url: withValue(({ urls }, value) => void urls.push(value)),
  header: withValue(headerLine),
  'user-agent': withValue((reading, value) => header(reading, 'User-Agent', value)),
  referer: withValue((reading, value) => header(reading, 'Referer', value.replace(/;auto$/, ''))),
  cookie: withValue(cookie),
  user: withValue((reading, value) => void (reading.user = value)),
  'oauth2-bearer': withValue((reading, value) => header(reading, 'Authorization', `Bearer ${value}`)),
  data: withValue(data('joined')),
  'data-ascii': withValue(data('joined')),
  'data-binary': withValue(data('kept')),
  'data-raw': withValue(({ data: all }, value) => void all.push(value)),
  'data-urlencode': withValue(encodedData),
  json: withValue(async (reading, value, read) => {
    await data('kept')(reading, value, read);
    reading.isJson = true;
  }),
  resolve: withValue(resolveTo),
  'connect-to': withValue(connectTo),
  form: refused('-F sends files as multipart, which `http` does not', true),
  'form-string': refused('--form-string sends multipart, which `http` does not', true),
  'upload-file': refused('-T uploads a file, which `http` does not', true),
  proxy: refused('it goes through a proxy, and `http` asks the service itself', true),
  cert: refused('it shows a certificate of its own, which `http` does not', true),
  key: refused('it shows a certificate of its own, which `http` does not', true),
  digest: refused('--digest needs two requests; the check `login` knows Digest'),
  ntlm: refused('--ntlm needs a dialogue, which `http` does not have'),
  negotiate: refused('--negotiate needs a dialogue, which `http` does not have'),
  netrc: refused('-n takes the password from ~/.netrc: write -u USER:PASSWORD, and it becomes a secret'),
  config: refused('-K reads further flags from a file: write them out', true),
  next: refused('it holds several requests (--next): make one check of each'),
  'unix-socket': refused('it asks over a unix socket, which `http` does not', true),
};

const short =
  's=silent S=show-error f=fail v=verbose i=include g=globoff N=no-buffer #=progress-bar 0=http1.0 4=ipv4 6=ipv6 O=remote-name ' +
  'J=remote-header-name q=disable o=output w=write-out c=cookie-jar D=dump-header L=location k=insecure m=max-time X=request ' +
  'I=head G=get H=header A=user-agent e=referer b=cookie u=user d=data F=form T=upload-file x=proxy E=cert n=netrc K=config :=next';

/** The letters that are short for them. */
export const letters: ReadonlyMap<string, string> = new Map(
  short.split(' ').map((pair) => [pair.slice(0, 1), pair.slice(2)]),
);
