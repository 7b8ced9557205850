// Bytes into lines: across chunks, and without ever holding more than one long line.

const newline = 0x0a;

/** Of a longer line only the beginning is told. */
const longestLine = 1024 * 1024;

const none = Buffer.alloc(0);

type OnLine = (line: string) => void;

export interface Lines {
  /** Tells every line that these bytes complete. */
  push(chunk: Buffer, onLine: OnLine): void;
  /** Tells what stands behind the last newline: a line, too, when nothing will follow. */
  end(onLine: OnLine): void;
}

/** `amidst`: the first bytes belong to a line that began before, which is left out. */
export const openLines = (amidst = false): Lines => {
  let rest = none;
  let skipping = amidst;
  const tell = (onLine: OnLine): void => {
    // A writer that goes on at its old place in a file that was cut off leaves a hole before its next line.
    const text = rest.toString('utf8').replace(/^\0+/, '').replace(/\r$/, '');
    rest = none;
    if (text !== '' && !skipping) onLine(text);
  };
  return {
    push: (chunk, onLine) => {
      let from = 0;
      for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
        if (!skipping) rest = Buffer.concat([rest, chunk.subarray(from, end)]);
        tell(onLine);
        skipping = false;
        from = end + 1;
      }
      if (skipping) return;
      rest = Buffer.concat([rest, chunk.subarray(from)]);
      if (rest.length <= longestLine) return;
      rest = rest.subarray(0, longestLine);
      tell(onLine);
      skipping = true;
    },
    end: tell,
  };
};
