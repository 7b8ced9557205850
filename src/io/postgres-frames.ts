// Stops what is no message of Postgres before the driver reads it: pg-protocol 1.x never returns from an error message
// that ends early, and buys memory for whatever length is announced. A program that hangs so hears no signal either.

/** Bytes that a message may announce; answers to our statements are far smaller. */
const mostBytes = 16 * 1024 * 1024;

/** A type, and a length that counts itself: https://www.postgresql.org/docs/18/protocol-overview.html */
const headBytes = 5;

const [errorType, noticeType] = [0x45, 0x4e];

const notPostgres = (): Error =>
  Object.assign(new Error('what answers there does not speak the protocol of PostgreSQL'), { code: 'PROTOCOL' });

/** A server that cannot fork a process for us says so as plain text behind an E (report_fork_failure_to_client); letters make a length of half a GiB. */
const plainError = (chunk: Buffer): Error | undefined => {
  const text = /^E([\x20-\x7e\s]{4,})/.exec(chunk.toString('latin1'))?.[1]?.trim();
  // 53000: insufficient_resources, the class of all that a server lacks.
  return text === undefined ? undefined : Object.assign(new Error(text), { code: '53000' });
};

/** The message under way. */
interface Message {
  type: number;
  /** Bytes that are still to come. */
  left: number;
  /** Its last two bytes so far. */
  end: [number, number];
}

/** Undefined for what can be no message; errors and notices are fields with a zero byte behind them. */
const announcedBy = (head: readonly number[]): Message | undefined => {
  const length = Buffer.from(head).readUInt32BE(1);
  const [type = 0] = head;
  const isFielded = type === errorType || type === noticeType;
  const least = isFielded ? headBytes : headBytes - 1;
  return length < least || length > mostBytes ? undefined : { type, left: length - (headBytes - 1), end: [0, 0] };
};

/** The driver reads fields until it finds the zero byte behind the last one, wherever that is. */
const isEnded = ({ type, end }: Message): boolean =>
  (type !== errorType && type !== noticeType) || (end[0] === 0 && end[1] === 0);

/** Returns a function that takes what arrives, chunk by chunk; it gives an error for what is no message. */
export const createFrames = (): ((chunk: Buffer) => Error | undefined) => {
  let head: number[] = [];
  let message: Message | undefined;
  const take = (chunk: Buffer, at: number): number => {
    if (!message) {
      head.push(chunk[at] ?? 0);
      return 1;
    }
    const taken = Math.min(message.left, chunk.length - at);
    const [first, second] = [...message.end, ...chunk.subarray(Math.max(at, at + taken - 2), at + taken)].slice(-2);
    message = { ...message, left: message.left - taken, end: [first ?? 0, second ?? 0] };
    return taken;
  };
  return (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      at += take(chunk, at);
      if (head.length === headBytes && !message) {
        message = announcedBy(head);
        if (!message) return plainError(chunk) ?? notPostgres();
      }
      if (message?.left !== 0) continue;
      if (!isEnded(message)) return notPostgres();
      [head, message] = [[], undefined];
    }
    return undefined;
  };
};

/** The part of a stream that the driver's parser uses. */
export interface ParsedStream {
  on(name: string, listener: (chunk: Buffer) => void): unknown;
  destroy(error: Error): unknown;
}

/** The stream as the parser may see it; at the first thing that is no message it is destroyed with the error. */
export const framed = (stream: ParsedStream): Pick<ParsedStream, 'on'> => ({
  on: (name, listener) => {
    if (name !== 'data') return stream.on(name, listener);
    const faultIn = createFrames();
    return stream.on(name, (chunk) => {
      const fault = faultIn(chunk);
      if (fault) stream.destroy(fault);
      else listener(chunk);
    });
  },
});
