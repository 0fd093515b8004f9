/** The one style sheet: system fonts, light and dark, from 320 pixels to paper. */
import { createHash } from 'node:crypto';

export const style = `
:root {
  color-scheme: light dark;
  --page: #f5f6f4; --card: #fff; --ink: #1c2321; --soft: #57625e; --line: #d5dad7; --field: #7d8883;
  --main: #0b5d50; --main-ink: #fff; --link: #0b5d50;
  --good: #e3f1ea; --good-line: #2c7a5b; --bad: #fdecea; --bad-line: #b3261e; --bad-ink: #9b1c15; --wait: #fff3d6; --wait-line: #946200;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #141817; --card: #1d2321; --ink: #e8ece9; --soft: #a5b0ab; --line: #353d3a; --field: #77827d;
    --main: #7fd1bd; --main-ink: #06231d; --link: #8ad8c5;
    --good: #17332a; --good-line: #5fbf98; --bad: #3b1c1a; --bad-line: #ef8a80; --bad-ink: #ffb4ab; --wait: #352a10; --wait-line: #d9a63a;
  }
}
*, ::before, ::after { box-sizing: border-box; }
html { font: 100%/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); overflow-wrap: anywhere; }
h1, h2, h3 { line-height: 1.25; margin: 0 0 .75rem; overflow-wrap: break-word; }
h4 { font-size: 1rem; margin: 0 0 .25rem; } h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; } h3 { font-size: 1rem; }
p { margin: 0 0 .75rem; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; border-radius: 2px; }
main:focus { outline: none; }
.skip { position: absolute; left: -100vw; top: 0; background: var(--card); padding: .5rem 1rem; z-index: 1; }
.skip:focus { left: 0; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.soft, .hint { color: var(--soft); }
.hint, .fault { display: block; font-size: .9rem; }
.fault { color: var(--bad-ink); font-weight: 600; }

.top { background: var(--card); border-bottom: 1px solid var(--line); }
.bar { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: center; justify-content: space-between; max-width: 76rem; margin: auto; padding: .6rem 1rem; }
.brand { font-weight: 700; color: inherit; text-decoration: none; }
.bar form { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: center; margin: 0; }
main { max-width: 76rem; margin: auto; padding: 1.5rem 1rem 3rem; }
main.narrow { max-width: 32rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1.1rem 1.25rem; margin: 0 0 1.25rem; }
.card > :last-child, .card form > :last-child, .card li > :last-child { margin-bottom: 0; }
.card form + form { margin-top: 1.25rem; }
.columns { display: grid; gap: 0 1.25rem; align-items: start; }
@media (min-width: 60rem) { .columns { grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); } }

form { margin: 0 0 .75rem; }
.fields { display: grid; gap: .9rem 1.25rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr)); align-items: end; }
.narrow .fields, .fields.one { grid-template-columns: minmax(0, 1fr); }
.field { min-width: 0; }
.field label { display: block; font-weight: 600; }
.field label .soft { font-weight: 400; font-size: .9rem; }
.whole, .send { grid-column: 1 / -1; }
.send { margin: 0; }
.filter .send { grid-column: auto; }
fieldset { margin: 0; padding: .5rem 1rem 1rem; border: 1px solid var(--line); border-radius: .3rem; min-width: 0; }
legend { font-weight: 600; padding: 0 .4rem; }
.missing { color: var(--bad-ink); font-weight: 600; font-size: .9rem; }
.check { display: grid; grid-template-columns: auto 1fr; gap: 0 .6rem; align-items: center; min-height: 2.6rem; }
.check label { font-weight: 400; }
.check .hint, .check .fault { grid-column: 2; }
input, select, textarea, button { font: inherit; color: inherit; }
input:not([type='checkbox']), select, textarea { display: block; width: 100%; min-height: 2.6rem; padding: .45rem .6rem; background: var(--card); border: 1px solid var(--field); border-radius: .3rem; }
input[type='checkbox'] { width: 1.25rem; height: 1.25rem; margin: 0; accent-color: var(--main); }
input[readonly] { background: var(--page); }
.faulty input:not([type='checkbox']), .faulty select, .faulty textarea { border: 2px solid var(--bad-line); }
button { min-height: 2.6rem; padding: .45rem 1.1rem; border: 1px solid var(--main); border-radius: .3rem; background: var(--main); color: var(--main-ink); font-weight: 600; cursor: pointer; }
button.quiet { background: transparent; color: var(--link); }
button[disabled] { opacity: .5; cursor: default; }
button:hover { filter: brightness(1.1); }
.row { display: flex; flex-wrap: wrap; gap: .6rem; align-items: end; }
.row .field { flex: 1 1 12rem; }
.row .send { margin: 0; }

.message { padding: .7rem 1rem; margin: 0 0 1.25rem; border-left: .3rem solid var(--good-line); background: var(--good); border-radius: .2rem; }
.message.bad { border-color: var(--bad-line); background: var(--bad); }
.message.waiting { border-color: var(--wait-line); background: var(--wait); }
.message p { margin: 0; }
.message ul { margin: .4rem 0 0; padding-left: 1.2rem; }

.scroll { position: relative; overflow-x: auto; margin: 0 0 .75rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: 0 0 .3rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem .7rem .45rem 0; border-bottom: 1px solid var(--line); overflow-wrap: normal; }
thead th { color: var(--soft); font-size: .9rem; font-weight: 600; }
tbody th { font-weight: 600; white-space: nowrap; } td form { margin: 0; }
@media (min-width: 40rem) { table.counts { table-layout: fixed; } }
table.counts td, table.counts thead th { text-align: right; } table.counts th:first-child { text-align: left; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) minmax(0, 1fr); gap: .25rem 1rem; margin: 0 0 .75rem; }
dt { color: var(--soft); } dd { margin: 0; }
@media (max-width: 30rem) { dl { grid-template-columns: minmax(0, 1fr); gap: 0; } dd { margin-bottom: .4rem; } }
ul.plain { list-style: none; margin: 0 0 .75rem; padding: 0; }
ul.plain > li { padding: .7rem 0; border-bottom: 1px solid var(--line); }
ul.plain > li:first-child { padding-top: 0; } ul.plain > li:last-child { border-bottom: 0; }
.qr { display: block; width: 14rem; max-width: 100%; height: auto; margin: 0 0 .75rem; background: #fff; border-radius: .3rem; }
ul.codes { list-style: none; padding: 0; margin: 0 0 .75rem; display: grid; gap: .4rem 1.5rem; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); font-size: 1.1rem; }
.picture { max-width: 100%; height: auto; }
.number { font-family: ui-monospace, Menlo, Consolas, monospace; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0 0 .75rem; font: .9rem/1.5 ui-monospace, Menlo, Consolas, monospace; }
iframe { width: 100%; height: 36rem; border: 1px solid var(--line); border-radius: .3rem; background: #fff; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; padding: 0; margin: 0 0 1.25rem; }
summary { cursor: pointer; color: var(--link); }
details { margin: 0 0 .75rem; } details[open] > summary { margin-bottom: .75rem; }
.printed { display: none; }

@media print {
  :root { --page: #fff; --card: #fff; --ink: #000; --soft: #333; --line: #999; }
  .skip, form, nav, button { display: none; }
  dl.printed { display: grid; }
  .card { border: 0; padding: 0; break-inside: avoid; }
  .scroll { overflow: visible; }
}
`;

export const stylePath = `/assets/${createHash('sha256').update(style).digest('hex').slice(0, 12)}.css`;
