// Makes certificates while a test runs, so that none in the repository expires: X.509 v3 with ECDSA P-256 (RFC 5280).
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate with its key, both as PEM. */
export interface Certificate {
  cert: string;
  key: string;
}

/** An authority of a test's own. */
export interface Authority {
  /** Its certificate as PEM, for those who shall trust it. */
  cert: string;
  /** A certificate for this name or address; by default valid from yesterday until tomorrow. */
  issue(name: string, validity?: Validity): Certificate;
}

/** Days from now. */
export interface Validity {
  from?: number;
  until?: number;
}

const lengthOf = (body: Buffer): Buffer => {
  if (body.length < 128) return Buffer.from([body.length]);
  return body.length < 256
    ? Buffer.from([0x81, body.length])
    : Buffer.from([0x82, body.length >> 8, body.length & 255]);
};

const tagged = (tag: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(body), body]);
};

const sequence = (...parts: Buffer[]): Buffer => tagged(0x30, ...parts);
const text = (value: string): Buffer => tagged(0x0c, Buffer.from(value));
const octets = (...parts: Buffer[]): Buffer => tagged(0x04, ...parts);
const bits = (value: Buffer): Buffer => tagged(0x03, Buffer.from([0]), value);
const yes = Buffer.from([0x01, 0x01, 0xff]);

/** Object identifiers in their encoded form. */
const oid = {
  commonName: Buffer.from('0603550403', 'hex'),
  ecdsaWithSha256: Buffer.from('06082a8648ce3d040302', 'hex'),
  basicConstraints: Buffer.from('0603551d13', 'hex'),
  subjectAltName: Buffer.from('0603551d11', 'hex'),
};

const algorithm = sequence(oid.ecdsaWithSha256);
const nameOf = (commonName: string): Buffer => sequence(tagged(0x31, sequence(oid.commonName, text(commonName))));

const time = (days: number): Buffer => {
  const at = new Date(Date.now() + days * 86_400_000);
  return tagged(0x18, Buffer.from(`${at.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`));
};

/** DNS name or IPv4 address. */
const alternative = (name: string): Buffer =>
  /^\d+(?:\.\d+){3}$/.test(name)
    ? tagged(0x87, Buffer.from(name.split('.').map(Number)))
    : tagged(0x82, Buffer.from(name));

const extensions = (name: string, isAuthority: boolean): Buffer =>
  tagged(
    0xa3,
    sequence(
      sequence(oid.basicConstraints, yes, octets(sequence(...(isAuthority ? [yes] : [])))),
      ...(isAuthority ? [] : [sequence(oid.subjectAltName, octets(sequence(alternative(name))))]),
    ),
  );

const pem = (der: Buffer): string => {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
};

interface Request {
  subject: string;
  issuer: string;
  isAuthority: boolean;
  validity: Validity;
}

const certify = (request: Request, publicKey: KeyObject, signer: KeyObject): string => {
  const { subject, issuer, isAuthority, validity } = request;
  const { from = -1, until = 1 } = validity;
  const body = sequence(
    tagged(0xa0, Buffer.from([0x02, 0x01, 0x02])),
    // Positive, and not zero.
    tagged(0x02, Buffer.from([0x01]), randomBytes(8)),
    algorithm,
    nameOf(issuer),
    sequence(time(from), time(until)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    extensions(subject, isAuthority),
  );
  return pem(sequence(body, algorithm, bits(sign('sha256', body, signer))));
};

const keys = (): { publicKey: KeyObject; privateKey: KeyObject } =>
  generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

const keyText = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

/** A new authority. */
export const newAuthority = (): Authority => {
  // Two of one name would be taken for each other.
  const name = `holdpoint tests ${randomBytes(4).toString('hex')}`;
  const own = keys();
  const request = { subject: name, issuer: name, isAuthority: true, validity: { from: -30, until: 30 } };
  return {
    cert: certify(request, own.publicKey, own.privateKey),
    issue: (subject, validity = {}) => {
      const { publicKey, privateKey } = keys();
      const cert = certify({ subject, issuer: name, isAuthority: false, validity }, publicKey, own.privateKey);
      return { cert, key: keyText(privateKey) };
    },
  };
};

/** A certificate that vouches for itself. */
export const selfSigned = (name: string, validity: Validity = {}): Certificate => {
  const { publicKey, privateKey } = keys();
  const cert = certify({ subject: name, issuer: name, isAuthority: false, validity }, publicKey, privateKey);
  return { cert, key: keyText(privateKey) };
};
