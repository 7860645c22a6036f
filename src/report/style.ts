/** The whole style of a report: light and dark, wide and narrow, screen and paper. No font, image or sheet is loaded. */
export const style = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --line: #d4d9de; --ground: #ffffff; --band: #f4f6f8; --link: #0b5cad; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e8eb; --soft: #a9b1ba; --line: #3a4149; --ground: #14171a; --band: #1d2226; --link: #7ab8f5; }
}
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: var(--ground); font: 16px/1.55 system-ui, "Segoe UI", Roboto, Arial, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1, h2, p, li, .long { overflow-wrap: anywhere; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 1rem; }
h2 { font-size: 1.35rem; line-height: 1.3; margin: 0 0 .75rem; }
p { max-width: 44rem; margin: 0 0 1rem; }
a { color: var(--link); }
nav { margin: 0 0 2rem; padding: .75rem 1rem; background: var(--band); border-radius: .5rem; }
nav ol { margin: 0; padding-left: 1.5rem; }
section { margin: 0 0 2.5rem; padding-top: 1.5rem; border-top: 1px solid var(--line); }
figure { margin: 0 0 1rem; overflow-x: auto; }
figure svg { display: block; width: 100%; height: auto; }
.table { overflow: auto; width: fit-content; max-width: 100%; max-height: 72rem; border: 1px solid var(--line); border-radius: .5rem; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { padding: .4rem .75rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); max-width: 24rem; }
.long { min-width: 12rem; }
td.prose { min-width: 18rem; }
tr:last-child > * { border-bottom: 0; }
thead th { position: sticky; top: 0; background: var(--band); font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 600; min-width: 9rem; }
.number { text-align: right; }
td.number { white-space: nowrap; }
.none { color: var(--soft); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
@media (max-width: 600px) {
  main { padding: 1.25rem 1rem 3rem; }
  h1 { font-size: 1.5rem; }
  th, td { padding: .35rem .5rem; }
}
@media print {
  :root { --ink: #000000; --soft: #444444; --line: #bbbbbb; --ground: #ffffff; --band: #ffffff; --link: #000000; color-scheme: light; }
  @page { margin: 16mm 14mm; }
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  nav { border: 1px solid var(--line); }
  a { text-decoration: none; }
  section { break-before: auto; }
  h1, h2 { break-after: avoid; }
  figure, tr { break-inside: avoid; }
  figure { overflow: visible; }
  figure svg { min-width: 0 !important; }
  .table { overflow: visible; max-height: none; border: 0; }
  table { font-size: 8.5pt; }
  th, td, tbody th { padding: 2pt 4pt; min-width: 0; }
  td.prose { min-width: 14em; }
  thead { display: table-header-group; }
  thead th { position: static; }
}
`;
