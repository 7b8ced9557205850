// The question "may I?" as kubectl sends it: JSON, or the protobuf of newer versions.
import type { IncomingMessage } from 'node:http';

export interface Attributes {
  verb: string;
  resource: string;
}

/** The length-delimited fields of a protobuf message by number; no other sort occurs here. */
const fieldsOf = (message: Buffer): Map<number, Buffer> => {
  const fields = new Map<number, Buffer>();
  for (let at = 0; at < message.length; ) {
    const key = message[at] ?? 0;
    const [length, bytes] = varint(message, at + 1);
    const start = at + 1 + bytes;
    fields.set(key >> 3, message.subarray(start, start + length));
    at = start + length;
  }
  return fields;
};

const varint = (message: Buffer, at: number): [value: number, bytes: number] => {
  let value = 0;
  for (let bytes = 0; ; bytes += 1) {
    const byte = message[at + bytes] ?? 0;
    value |= (byte & 0x7f) << (7 * bytes);
    if (byte < 0x80) return [value, bytes + 1];
  }
};

const magic = 'k8s\0';

/** runtime.Unknown.raw (2) → SelfSubjectAccessReview.spec (2) → resourceAttributes (1) → verb (2), resource (5). */
const fromProtobuf = (body: Buffer): Attributes => {
  const none = Buffer.alloc(0);
  const raw = fieldsOf(body.subarray(magic.length)).get(2) ?? none;
  const spec = fieldsOf(raw).get(2) ?? none;
  const attributes = fieldsOf(fieldsOf(spec).get(1) ?? none);
  return { verb: String(attributes.get(2) ?? ''), resource: String(attributes.get(5) ?? '') };
};

/** What is asked for in a SelfSubjectAccessReview. */
export const attributesOf = async (request: IncomingMessage): Promise<Attributes> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  if (body.subarray(0, magic.length).toString() === magic) return fromProtobuf(body);
  return (JSON.parse(String(body)) as { spec: { resourceAttributes: Attributes } }).spec.resourceAttributes;
};
