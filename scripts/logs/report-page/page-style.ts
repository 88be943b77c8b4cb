/** How the page looks, in light and dark, on a screen and on paper. */

/** The style sheet. Hues differ in lightness too, for those who tell them apart by that. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --page: #f4f6f9; --card: #fff; --text: #18202c; --soft: #5a6577; --line: #dfe4eb; --hover: #eef3fb;
  --tunneled: #2f6fde; --bypassed: #d08700; --blocked: #b3205a; --up: #2b8a3e; --down: #c92a2a; --step: #7b8798;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #10141a; --card: #191f28; --text: #e7ebf2; --soft: #9aa6b8; --line: #2d3542; --hover: #222b38;
    --tunneled: #6ea3ff; --bypassed: #f2b84b; --blocked: #ff6fa3; --up: #69db7c; --down: #ff8787; --step: #8d99ab;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 82rem; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums;
}
h1 { margin: 0; font-size: 1.7rem; line-height: 1.2; letter-spacing: -.01em; }
h2 { margin: 0 0 .9rem; font-size: 1.15rem; }
h3 { margin: 1.5rem 0 .6rem; font-size: .95rem; }
p { margin: .4rem 0; }
a { color: var(--tunneled); }
.soft, .none { color: var(--soft); }
nav { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; margin: 1rem 0 1.4rem; }
section { margin: 1.1rem 0; padding: 1.25rem 1.4rem 1.35rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.4rem, 1fr)); gap: .8rem; margin: 1.1rem 0; }
.tile { padding: .75rem 1rem .8rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; border-top: 4px solid var(--line); }
.tile b { display: block; font-size: 1.6rem; line-height: 1.25; letter-spacing: -.01em; }
.tile span { color: var(--soft); }
.tile.tunneled { border-top-color: var(--tunneled); } .tile.bypassed { border-top-color: var(--bypassed); }
.tile.blocked { border-top-color: var(--blocked); } .tile.down { border-top-color: var(--down); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.6rem; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .38rem .65rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { padding-left: .3rem; }
td { overflow-wrap: break-word; max-width: 30rem; }
td.short { white-space: nowrap; }
td.list { max-width: 15rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.number, .time, .mark { width: 1%; }
tbody tr:hover { background: var(--hover); }
thead th { position: sticky; top: 0; background: var(--card); font-weight: 600; white-space: nowrap; }
th.number, td.number { text-align: right; }
td.time, td.mark, td.number { white-space: nowrap; }
td.empty { color: var(--soft); }
th button { all: unset; cursor: pointer; color: var(--soft); }
th button:hover { color: var(--text); }
th button::after { content: "\\2195"; display: inline-block; width: 1.1em; text-align: center; opacity: .4; }
th[aria-sort=ascending] button, th[aria-sort=descending] button { color: var(--text); }
th[aria-sort=ascending] button::after { content: "\\2191"; opacity: 1; }
th[aria-sort=descending] button::after { content: "\\2193"; opacity: 1; }
:focus-visible, th button:focus-visible { outline: 2px solid var(--tunneled); outline-offset: 2px; border-radius: 4px; }
.scroll { overflow: auto; max-height: 34rem; }
.tools { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem 1rem; margin-bottom: .6rem; color: var(--soft); }
input, .more button {
  font: inherit; color: inherit; padding: .35rem .7rem; background: var(--page); border: 1px solid var(--line); border-radius: 8px;
}
.tools input { margin-left: .3rem; width: 17rem; max-width: 60vw; color: var(--text); }
.more button { cursor: pointer; }
.dot { display: inline-block; width: .68em; height: .68em; margin-right: .5em; border-radius: 50%; background: var(--line); }
.dot.tunneled { background: var(--tunneled); } .dot.bypassed { background: var(--bypassed); } .dot.blocked { background: var(--blocked); }
.dot.up { background: var(--up); } .dot.down { background: var(--down); } .dot.step { background: var(--step); }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; margin: 0 0 .5rem; }
.plot { overflow-x: auto; }
.plot svg { display: block; width: 100%; min-width: 44rem; }
svg .tunneled { fill: var(--tunneled); } svg .bypassed { fill: var(--bypassed); } svg .blocked { fill: var(--blocked); }
svg .stack:hover, svg .marks g:hover { opacity: .65; }
svg .axis { stroke: var(--soft); fill: none; } svg .grid { stroke: var(--line); }
svg text { font-size: 12px; fill: var(--soft); }
svg .label { text-anchor: end; } svg .tick { text-anchor: middle; fill: var(--text); } svg .day { font-size: 11px; fill: var(--soft); }
svg .marks { fill: none; stroke-width: 2; }
svg .up { stroke: var(--up); } svg .marks.up path { fill: var(--up); } svg .down { stroke: var(--down); } svg .step { stroke: var(--step); }
.verdicts td:last-child { width: 32%; min-width: 7rem; }
.verdicts svg { display: block; width: 100%; height: .8rem; margin-top: .35rem; }
code { font: .92em ui-monospace, monospace; overflow-wrap: anywhere; }
@media print {
  body { max-width: none; padding: 0; } section, .tile { break-inside: avoid; }
  .tools, .more, nav { display: none; } .scroll { max-height: none; overflow: visible; }
  td.list { white-space: normal; }
}
`
