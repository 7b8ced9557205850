// Finds a value in the files of a deployment: fields of Kubernetes manifests and compose files, variables of containers.
import type { Json } from '../../kit/index.ts';
import { jsonAt } from '../http/json-path.ts';
import type { Place } from './number-spec.ts';

/** What stands in no file; the message is a sentence that begins after the file's name. */
export class NotInFile extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NotInFile';
  }
}

/** All documents of a YAML or JSON file; the items of a `kind: List` are documents, too. Throws a `NotInFile`. */
export const parseDocuments = async (text: string): Promise<Json[]> => {
  const { parseAllDocuments } = await import('yaml');
  const documents = [...parseAllDocuments(text)];
  const [broken] = documents.flatMap(({ errors }) => errors);
  if (broken) throw new NotInFile(`is no YAML: ${broken.message.split(/:?\n/)[0]}`, { cause: broken });
  return documents.flatMap((document) => {
    const value = document.toJS() as Json;
    return jsonAt(value, '/kind') === 'List' ? list(jsonAt(value, '/items')) : value === null ? [] : [value];
  });
};

const list = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

/** `Deployment auth in namespace prod`: how a document is called. */
const documentText = ({ kind, name, namespace }: Place): string =>
  [kind ?? 'document', name, namespace === undefined ? undefined : `in namespace ${namespace}`]
    .filter((part) => part !== undefined)
    .join(' ');

const isMeant = (document: Json, { kind, name, namespace }: Place): boolean =>
  (kind === undefined || jsonAt(document, '/kind') === kind) &&
  (name === undefined || jsonAt(document, '/metadata/name') === name) &&
  (namespace === undefined || jsonAt(document, '/metadata/namespace') === namespace);

/** The one thing that is meant. */
const only = <T>(found: readonly T[], none: string, several: string): T => {
  const [first] = found;
  if (first === undefined) throw new NotInFile(none);
  if (found.length > 1) throw new NotInFile(several);
  return first;
};

const documentOf = (documents: readonly Json[], place: Place): Json => {
  const what = documentText(place);
  const found = documents.filter((document) => isMeant(document, place));
  const several = `has ${found.length} documents that could be meant; tell them apart by kind, name and namespace`;
  return only(found, `has no ${what}`, several);
};

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : JSON.stringify(value ?? ''));

const isMap = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where the containers of a pod stand: in a workload, in a CronJob, in a Pod. */
const podPaths = ['/spec/template/spec', '/spec/jobTemplate/spec/template/spec', '/spec'];

const containersOf = (document: Json): Json[] =>
  podPaths.flatMap((path) => list(jsonAt(document, `${path}/containers`)));

interface Variable {
  owner: string;
  value: Json | undefined;
}

/** `env: [{ name, value }]`; a variable without `value` takes it from somewhere else. */
const podVariables = (document: Json, { env, container }: Place): Variable[] =>
  containersOf(document)
    .map((one) => ({ owner: textOf(jsonAt(one, '/name')), entries: list(jsonAt(one, '/env')) }))
    .filter(({ owner }) => container === undefined || owner === container)
    .flatMap(({ owner, entries }) =>
      entries
        .filter((entry) => jsonAt(entry, '/name') === env)
        .map((entry) => ({ owner, value: jsonAt(entry, '/value') })),
    );

/** `environment: { NAME: value }` or `environment: ["NAME=value"]`; a bare name takes the value of the shell. */
const composeVariables = (document: Json, { env = '', service = '' }: Place): Variable[] => {
  const services = jsonAt(document, '/services');
  const environment = isMap(services) ? jsonAt(services[service] ?? null, '/environment') : undefined;
  if (isMap(environment)) return Object.hasOwn(environment, env) ? [{ owner: service, value: environment[env] }] : [];
  return list(environment)
    .map(textOf)
    .filter((line) => line === env || line.startsWith(`${env}=`))
    .map((line) => ({ owner: service, value: line === env ? undefined : line.slice(env.length + 1) }));
};

const variableOf = (document: Json, place: Place): Json => {
  const { env, service, container } = place;
  const found = service === undefined ? podVariables(document, place) : composeVariables(document, place);
  const where =
    service === undefined
      ? `${container === undefined ? 'any container' : `container ${container}`} of ${documentText(place)}`
      : `service ${service}`;
  const owners = found.map(({ owner }) => owner).join(', ');
  const several = `has the variable ${env} in several containers (${owners}); name one by container`;
  const { value } = only(found, `has no variable ${env} in ${where}`, several);
  if (value === undefined || value === null)
    throw new NotInFile(`says of the variable ${env} only where its value comes from, not the value itself`);
  return value;
};

/** The value that a place means in these documents. Throws a `NotInFile`. */
export const valueIn = (documents: readonly Json[], place: Place): Json => {
  const document = documentOf(documents, place);
  if (place.field === undefined) return variableOf(document, place);
  const value = jsonAt(document, place.field);
  if (value === undefined || value === null)
    throw new NotInFile(`has no field ${place.field} in ${documentText(place)}`);
  return value;
};
