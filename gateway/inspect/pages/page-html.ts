// Pure: how the gateway's own pages look: one file, no script, nothing loaded from anywhere, light and dark, wide and
// narrow.

import { escapeHtml } from './escape-html.js'
import { type PageContent, shownFacts } from './page-content.js'

/** The page. */
export function pageHtml({ status, title, message, facts }: PageContent): string {
  const rows = shownFacts(facts).map(
    ({ key, label, value }) => `  <dt>${label}</dt><dd id="${key}">${escapeHtml(value)}</dd>\n`,
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main${status < 400 ? ' class="good"' : ''}>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(message)}</p>
<dl>
${rows.join('')}</dl>
<footer>steerlab, a traffic steering lab</footer>
</main>
</body>
</html>
`
}

const STYLE = `
:root { color-scheme: light dark; --page: #f4f6f9; --card: #fff; --text: #18202c; --soft: #56627a; --line: #dfe4eb; --mark: #b3205a; }
.good { --mark: #2b8a3e; }
@media (prefers-color-scheme: dark) {
  :root { --page: #10141a; --card: #191f28; --text: #e7ebf2; --soft: #9aa6b8; --line: #2d3542; --mark: #ff6fa3; }
  .good { --mark: #69db7c; }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 6vh 1rem 2rem; background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
main { margin: 0 auto; padding: 2rem 2rem 1.75rem; max-width: 44rem; border: 1px solid var(--line); border-radius: 12px;
  background: linear-gradient(var(--mark) 6px, var(--card) 0); }
h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; overflow-wrap: anywhere; }
p { margin: .8rem 0 1.5rem; font-size: 1.1rem; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .45rem 1.5rem; margin: 0; padding-top: 1.25rem; border-top: 1px solid var(--line); }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
footer { margin-top: 1.5rem; color: var(--soft); font-size: .875rem; }
@media (max-width: 34rem) {
  main { padding: 1.75rem 1.25rem 1.25rem; }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dd { margin-bottom: .6rem; }
}
`
