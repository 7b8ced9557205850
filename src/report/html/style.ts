// The style of the page: calm, in the reader's own fonts, light and dark, on a phone and on paper.

const light = `
--paper: #fdfdfc; --card: #f5f5f2; --ink: #1b1c1e; --quiet: #5b5f66; --line: #e2e2dd; --grid: #ebebe7;
--good: #17703c; --bad: #b42318; --warn: #8a5200; --link: #1d5fae; --on: #fff;
--stage: #e7e7e3; --watch: #cfdced; --act: #f0cdb3; --judged: #f2f4f8; --over: #b42318; --band: #2f6fb7;
--s0: #2f6fb7; --s1: #c2570c; --s2: #12776a; --s3: #8e4ea8; --s4: #7a6400; --s5: #5d6773; --s6: #ad3f74; --s7: #46782a;`;

const dark = `
--paper: #121315; --card: #1b1d20; --ink: #e9e9e6; --quiet: #a3a8b0; --line: #32353a; --grid: #24272b;
--good: #6bd091; --bad: #ff8f84; --warn: #eab75c; --link: #86b9f3; --on: #121315;
--stage: #2b2e33; --watch: #2a3a4f; --act: #573821; --judged: #191d24; --over: #ff8f84; --band: #79b0ef;
--s0: #79b0ef; --s1: #f29a5c; --s2: #56c6b3; --s3: #cb9be2; --s4: #d8bb4c; --s5: #a5aeb9; --s6: #ef8fbb; --s7: #9ccc74;`;

const page = `
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1, h2, h3, p, ul, ol, dl, dd, figure, pre { margin: 0; }
h1 { display: flex; gap: .6rem; align-items: center; font-size: clamp(1.5rem, 4.5vw, 2.1rem); line-height: 1.2; letter-spacing: -.015em; font-weight: 650; }
h2 { font-size: 1.15rem; font-weight: 650; margin-bottom: .75rem; }
h3 { font-size: 1rem; font-weight: 650; }
section { margin-top: 3rem; }
section h3 { margin: 1.25rem 0 .5rem; }
a { color: var(--link); }
code, pre { font: .875em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
b, code, i, span, a, time { unicode-bidi: isolate; }
i { font-style: normal; color: var(--quiet); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px; }
.note, .of, .when, .unit { color: var(--quiet); font-size: .875rem; }
p, li, dd, figcaption { text-wrap: pretty; }
.whole { white-space: nowrap; }
.icon { flex: none; align-self: center; }
.icon circle { fill: var(--quiet); }
.icon path { fill: none; stroke: var(--on); stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.icon.pass circle, .icon.good circle { fill: var(--good); }
.icon.fail circle, .icon.bad circle { fill: var(--bad); }
.icon.error circle, .icon.inconclusive circle, .icon.warn circle { fill: var(--warn); }`;

const head = `
.top { border-left: 4px solid var(--quiet); padding-left: 1.25rem; }
.top.good { border-color: var(--good); } .top.bad { border-color: var(--bad); } .top.warn { border-color: var(--warn); }
.top h1 .icon { width: 1em; height: 1em; }
.top.good h1 span { color: var(--good); } .top.bad h1 span { color: var(--bad); } .top.warn h1 span { color: var(--warn); }
.of { margin-bottom: .35rem; }
.lead { margin-top: .4rem; font-size: 1.0625rem; }
.top h2 { font-size: .875rem; color: var(--quiet); margin: 0 0 .15rem; font-weight: 600; }
.diagnosis, .steps { margin-top: 1.25rem; max-width: 46rem; }
.diagnosis p { font-size: 1.0625rem; }
.stop { margin-top: .75rem; max-width: 46rem; }
.layer { margin-left: .25rem; padding: 0 .5em; border: 1px solid var(--line); border-radius: 1em; font-weight: 400; }
.steps ol { padding-left: 1.25rem; }
.steps p, .steps li { font-weight: 600; }
.holders { margin-top: .75rem; max-width: 46rem; }
.when { margin-top: 1.25rem; } .when + .when { margin-top: .15rem; }
.tools { margin-top: .75rem; min-height: 2.25rem; }
button { font: inherit; font-size: .875rem; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .35rem .8rem; cursor: pointer; }
button:hover { border-color: var(--quiet); }
[hidden] { display: none; }`;

const lists = `
.course { list-style: none; padding: 0; margin-top: .5rem; font-size: .9375rem; }
.course li { display: grid; grid-template-columns: 5.5rem 1fr; gap: .25rem; padding: .15rem 0; }
.course time { color: var(--quiet); }
.key::before { content: ""; display: inline-block; width: .65rem; height: .65rem; margin-right: .5rem; border-radius: 2px; background: var(--stage); }
.key.hold::before, .key.verification::before { background: var(--watch); }
.key.deploy::before, .key.rollback::before { background: var(--act); }
.key.decision::before { width: 2px; height: .9rem; margin: 0 calc(.5rem + .31rem) 0 .31rem; vertical-align: -.15em; background: var(--ink); }
.key.event::before { height: 2px; vertical-align: .25em; background: var(--quiet); }
.glance { list-style: none; padding: 0; border-top: 1px solid var(--line); }
.glance li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: .1rem 1.5rem; padding: .7rem 0; border-bottom: 1px solid var(--line); }
.glance a { color: inherit; text-decoration: none; display: flex; gap: .75rem; align-items: baseline; }
.glance a:hover b { text-decoration: underline; }
.glance p { grid-column: 1 / -1; font-size: .9375rem; color: var(--quiet); }
.chip { display: inline-flex; gap: .35rem; align-items: baseline; font-size: .875rem; white-space: nowrap; }
.chip.pass { color: var(--good); } .chip.fail { color: var(--bad); } .chip.error, .chip.inconclusive, .chip.warn { color: var(--warn); } .chip.skipped { color: var(--quiet); }
.glance .chip { flex: none; width: 6.75rem; }
.numbers { display: flex; flex-wrap: wrap; gap: 0 1.25rem; font-size: .9375rem; }
.numbers div { display: flex; gap: .35rem; }
.numbers dt { color: var(--quiet); } .numbers dd { font-weight: 600; }
article { margin-top: 2.5rem; padding-top: 1.25rem; border-top: 1px solid var(--line); scroll-margin-top: 1rem; }
article header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; }
article header h3 { font-size: 1.15rem; }
article header .numbers { margin-left: auto; }
.because { margin-top: .4rem; max-width: 48rem; }
.next { margin-top: .4rem; max-width: 48rem; }
article > .note { margin-top: .75rem; max-width: 48rem; }
.parts { list-style: none; padding: 0; margin-top: .75rem; font-size: .9375rem; }
.parts li { display: grid; grid-template-columns: 4.75rem minmax(0, 1fr); padding: .15rem 0; align-items: baseline; }
.evidence { display: block; color: var(--quiet); }
.facts { font-size: .9375rem; }
.facts div { display: grid; grid-template-columns: 10rem 1fr; gap: .5rem; padding: .2rem 0; }
.facts dt { color: var(--quiet); }
.acts { padding-left: 1.25rem; font-size: .9375rem; } .acts li { padding: .2rem 0; }
pre { background: var(--card); padding: .75rem 1rem; border-radius: 6px; white-space: pre-wrap; margin-top: .5rem; }
details { margin-top: .25rem; font-size: .9375rem; }
summary { cursor: pointer; color: var(--link); width: fit-content; padding: .15rem 0; }
.scroll { overflow: auto; max-height: 26rem; margin-top: .35rem; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; width: 100%; font-size: .8125rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .75rem; border-bottom: 1px solid var(--grid); font-weight: 400; white-space: nowrap; }
td.text { white-space: pre-line; min-width: 18rem; }
thead th { position: sticky; top: 0; background: var(--card); font-weight: 600; }
tbody tr:last-child > * { border-bottom: 0; }`;

const colours = [0, 1, 2, 3, 4, 5, 6, 7].map(
  (n) => `.line.s${n} { stroke: var(--s${n}); } .area.s${n}, .dot.s${n} { fill: var(--s${n}); }`,
);

const pictures = `
figure { margin-top: 1.25rem; }
figcaption { font-weight: 600; font-size: .9375rem; }
.plot, .strip { display: block; }
.plot { margin-top: .25rem; }
svg text { font-size: 11px; fill: var(--quiet); }
.grid { stroke: var(--grid); } .axis { stroke: var(--quiet); stroke-opacity: .5; }
.judged { fill: var(--judged); } .border { stroke: var(--quiet); stroke-dasharray: 1 3; }
.over { fill: var(--over); fill-opacity: .05; }
.band { fill: var(--band); fill-opacity: .14; }
.line { fill: none; stroke-width: 1.75; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.area { fill-opacity: .3; } .dot { stroke: var(--paper); stroke-width: 1; }
.line.s1 { stroke-dasharray: 7 3; } .line.s2 { stroke-dasharray: 2 3; } .line.s3 { stroke-dasharray: 9 3 2 3; }
.line.s4 { stroke-dasharray: 4 2; } .line.s5 { stroke-dasharray: 1 2; } .line.s6 { stroke-dasharray: 12 4; } .line.s7 { stroke-dasharray: 5 2 1 2; }
.area + .line { stroke-dasharray: none; }
line.limit { stroke: var(--bad); stroke-width: 1.25; } line.before { stroke: var(--quiet); stroke-width: 1.25; stroke-dasharray: 5 4; }
text.limit { fill: var(--bad); } text.limit, text.before { text-anchor: end; }
text.limit, text.before, text.tick, text.stage { paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; }
text.cross { font-size: 15px; font-weight: 700; fill: var(--bad); text-anchor: middle; paint-order: stroke; stroke: var(--paper); stroke-width: 2px; }
.miss { fill: var(--paper); stroke: var(--warn); stroke-width: 1.5; }
.middle { text-anchor: middle; } .end { text-anchor: end; }
.legend { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .1rem 1.25rem; font-size: .8125rem; color: var(--quiet); margin-top: .15rem; }
.legend li { padding-left: 26px; text-indent: -26px; }
.legend b { color: var(--ink); font-weight: 500; }
.swatch { margin-right: 8px; vertical-align: -.1em; overflow: hidden; }
.stage-box { fill: var(--stage); stroke: var(--paper); stroke-width: 2; }
.stage-box.hold, .stage-box.verification { fill: var(--watch); }
.stage-box.deploy, .stage-box.rollback { fill: var(--act); }
.stage-box.early { fill: none; stroke: var(--line); stroke-width: 1; stroke-dasharray: 3 3; }
.strip .decision { stroke: var(--ink); stroke-width: 2; }
.stage-name { text-anchor: middle; fill: var(--ink); }
${colours.join('\n')}`;

const elsewhere = `
@media (max-width: 40rem) {
.wide { display: none; }
main { padding: 1.25rem 1rem 3rem; }
.top { padding-left: .9rem; }
.glance li { grid-template-columns: 1fr; }
.glance .chip { width: auto; min-width: 4rem; }
article header .numbers { margin-left: 0; width: 100%; }
.facts div { grid-template-columns: 1fr; gap: 0; }
.parts li { grid-template-columns: 1.6rem minmax(0, 1fr); }
.parts .word { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.course li { grid-template-columns: 4.5rem 1fr; }
}
@media (min-width: 40.01rem) { .narrow { display: none; } }
@page { margin: 15mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt system-ui, sans-serif; color: #5b5f66; } }
@media print {
html, body { font-size: 13px; }
main { max-width: none; padding: 0; }
.tools, .copy, details:not([open]) { display: none; }
.glance li, figure > .plot, figcaption, .legend, .facts div, .parts li, .acts li, .course li, tr { break-inside: avoid; }
h2, h3, figcaption, header, .plot, summary { break-after: avoid; }
p, li { orphans: 3; widows: 3; }
.scroll { max-height: none; overflow: visible; border: 0; }
th, td { white-space: normal; } thead th { position: static; }
section { margin-top: 1.5rem; } article { margin-top: 1.25rem; }
.judged, .over, .band, .area, .stage-box, .icon, .swatch, .key::before { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
@media (forced-colors: active) {
.line, line.limit, line.before { stroke: CanvasText; } .area { fill: CanvasText; } .icon circle { fill: CanvasText; } .icon path { stroke: Canvas; }
}`;

/** Dark where the reader's system is dark, never on paper. */
export const style = `
:root { color-scheme: light; ${light} }
@media screen and (prefers-color-scheme: dark) { :root { color-scheme: dark; ${dark} } }
${page}${head}${lists}${pictures}${elsewhere}
`;
