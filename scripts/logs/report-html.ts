/** A report as one page that asks nobody for anything: style, script and data are in it, and nothing else may run. */

import { createHash } from 'node:crypto'
import type { Report } from '../../agent/log/report/report.js'
import { flowPlot } from './report-page/flow-plot.js'
import { html, Markup } from './report-page/markup.js'
import { PAGE_SCRIPT } from './report-page/page-script.js'
import { PAGE_STYLE } from './report-page/page-style.js'
import {
  clientFacts,
  flowTable,
  popSelection,
  serviceErrors,
  tiles,
  unreadableLines,
  verdictCounts,
} from './report-page/sections.js'

/** Named by their hashes, our own style and script are all there can be, whatever a log smuggles in. */
const POLICY = [
  "default-src 'none'",
  'img-src data:',
  `style-src '${hashOf(PAGE_STYLE)}'`,
  `script-src '${hashOf(PAGE_SCRIPT)}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

/** The whole page. Times are the log's wall clock. */
export function reportHtml(report: Report): string {
  const sections: readonly [id: string, title: string, content: Markup][] = [
    ['client', 'Client', clientFacts(report)],
    ['verdicts', 'Verdicts', verdictCounts(report)],
    ['plot', 'Over time', flowPlot(report)],
    ['errors', 'Service errors', serviceErrors(report)],
    ['pop', 'POP selection', popSelection(report)],
    ['flows', 'Flows', flowTable(report)],
    ['unreadable', 'Unreadable lines', unreadableLines(report)],
  ]
  const name = report.files.map(({ name }) => name).at(-1) ?? 'no file'
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>nsdebuglog report: ${name}</title>
<link rel="icon" href="data:,">
<style>${new Markup(PAGE_STYLE)}</style>
</head>
<body>
<header><h1>nsdebuglog report</h1><p class="soft">${name}</p></header>
<noscript><p>The tables of this page are filled by its script, which does not run here.</p></noscript>
<nav aria-label="Parts">${sections.map(([id, title]) => html`<a href="#${id}">${title}</a>`)}</nav>
${tiles(report)}
<main>
${sections.map(([id, title, content]) => html`<section id="${id}"><h2>${title}</h2>\n${content}\n</section>\n`)}</main>
<script>${new Markup(PAGE_SCRIPT)}</script>
</body>
</html>
`.text
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
