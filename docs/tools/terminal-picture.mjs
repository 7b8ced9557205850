// Turns a terminal's text with its colours (stdin, as `tmux capture-pane -e -p` prints it) into an SVG (stdout), for the README.
const text = await readAll(process.stdin);
const lines = text.replace(/\s+$/, '').split('\n');
const columns = Number(process.argv[2] ?? 100);
const cell = { width: 8.4, height: 18 };
const palette = {
  30: '#484f58',
  31: '#ff7b72',
  32: '#3fb950',
  33: '#d29922',
  34: '#58a6ff',
  35: '#bc8cff',
  36: '#39c5cf',
  37: '#b1bac4',
  90: '#8b949e',
};

async function readAll(stream) {
  let all = '';
  for await (const chunk of stream) all += chunk;
  return all;
}

/** The style after a sequence of SGR codes. */
function styled(style, codes) {
  return codes.reduce((now, code) => {
    if (code === 0) return {};
    if (code === 1) return { ...now, bold: true };
    if (code === 2) return { ...now, dim: true };
    if (code === 22) return { ...now, bold: false, dim: false };
    if (code === 39) return { ...now, colour: undefined };
    return palette[code] ? { ...now, colour: palette[code] } : now;
  }, style);
}

/** Runs of one style: `{ column, text, style }`. */
function runsOf(line) {
  const runs = [];
  let style = {};
  let column = 0;
  for (const [, codes, plain] of line.matchAll(/\u001b\[([\d;]*)m|([^\u001b]+)/g)) {
    if (plain === undefined) style = styled(style, codes.split(';').map(Number));
    else {
      runs.push({ column, text: plain, style });
      column += [...plain].length;
    }
  }
  return runs;
}

const escape = (plain) => plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function tspan({ column, text: plain, style }, y) {
  const weight = style.bold ? ' font-weight="bold"' : '';
  const fill = style.colour ?? (style.dim ? '#8b949e' : '#e6edf3');
  const length = [...plain].length * cell.width;
  return `<text x="${(16 + column * cell.width).toFixed(1)}" y="${y}" fill="${fill}"${weight} textLength="${length.toFixed(1)}" lengthAdjust="spacing" xml:space="preserve">${escape(plain)}</text>`;
}

const width = Math.round(columns * cell.width + 32);
const height = lines.length * cell.height + 32;
const body = lines.flatMap((line, row) =>
  runsOf(line)
    .filter((run) => run.text.trim() !== '')
    .map((run) => tspan(run, 28 + row * cell.height)),
);
process.stdout.write(
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">\n<rect width="100%" height="100%" rx="8" fill="#0d1117"/>\n${body.join('\n')}\n</svg>\n`,
);
