// Teaches the redactor the values of fields that are secret by type, also those written out in the file.
import type { Redactor } from '../kit/index.ts';
import { childrenOf, type Shape } from './shape.ts';
import type { Tree } from './tree.ts';

/** Parameters of database URLs that say how to connect, not as whom: masking `require` everywhere would help nobody. */
const harmless = [
  'sslmode',
  'ssl-mode',
  'socket',
  'ssl',
  'application_name',
  'connect_timeout',
  'host',
  'port',
  'dbname',
  'database',
  'user',
  'target_session_attrs',
  'channel_binding',
];

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** A role that logs in without a password (trust, a certificate, ~/.pgpass) is named in every message, and no secret. */
const isDatabase = (url: string): boolean => /^(postgres(ql)?|mysql|mariadb):/i.test(url);

/**
 * The secret parts of a URL: its password (or its user where there is no password: a token), and the values of its
 * query. A user name beside a password is masked inside URLs only: it names the role in every message.
 */
const urlSecrets = (url: string): string[] => {
  const [, userinfo = ''] = /^[a-z][\w+.-]*:\/\/(?:([^\s/?#]*)@)?/i.exec(url) ?? [];
  const [user, ...password] = userinfo.split(':');
  const query = [...new URLSearchParams(url.split('#')[0]?.split('?').slice(1).join('?'))];
  const values = query.filter(([key]) => !harmless.includes(key)).map(([, value]) => value);
  const token = isDatabase(url) ? '' : (user ?? '');
  return [decoded(password.length > 0 ? password.join(':') : token), ...values];
};

const learnText = (text: string, shapes: readonly Shape[], name: string, redactor: Redactor): void => {
  const secrets = new Set(shapes.map(({ secret }) => secret));
  if (secrets.has(true)) redactor.learn(text, name);
  if (secrets.has('url')) for (const secret of urlSecrets(text)) redactor.learn(secret, name);
};

/** Learns every text in the tree whose schema says `meta({ secret })`. `name`: what is shown in its place. */
export const learnSecrets = (tree: Tree, shapes: readonly Shape[], redactor: Redactor, name: string): void => {
  if (tree.type === 'scalar') {
    if (typeof tree.value === 'string' && !tree.unresolved) learnText(tree.value, shapes, name, redactor);
  } else if (tree.type === 'list') {
    for (const [place, item] of tree.items.entries()) learnSecrets(item, childrenOf(shapes, place), redactor, name);
  } else for (const [key, { value }] of tree.entries) learnSecrets(value, childrenOf(shapes, key), redactor, key);
};
