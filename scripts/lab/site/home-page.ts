/**
 * `/`, a page that shows a person, and a browser test, which host answered and from where it was asked. It loads
 * `/whoami`, a WebSocket and server-sent events from the same host and writes what became of them into elements #whoami,
 * #ws and #sse, each with `data-state` waiting, ok or failed. It needs no other host.
 */

import type { Visit } from './visit.js'
import { whoAmI } from './whoami.js'

/** `/`. */
export function homePage(visit: Visit): void {
  const { host, from } = whoAmI(visit)
  const body = page(escapeHtml(host), escapeHtml(from))
  visit.response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  })
  visit.response.end(body)
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

function page(host: string, from: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${host} in the lab</title>
<style>
  body { font: 1.1rem/1.5 system-ui, sans-serif; margin: 8vh auto; max-width: 46rem; padding: 0 1.5rem; color: #1c2733; }
  h1 { font-size: 3.2rem; line-height: 1.1; margin: 0 0 .3em; overflow-wrap: anywhere; }
  .from { font-size: 1.8rem; color: #41566b; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .6rem 1.5rem; margin-top: 2.5rem; }
  dt { color: #41566b; }
  dd { margin: 0; font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
  [data-state=ok] { color: #0a6b3d; }
  [data-state=failed] { color: #b3261e; }
</style>
</head>
<body>
<h1>${host}</h1>
<p class="from">asked from <strong>${from}</strong></p>
<dl>
  <dt>whoami</dt><dd id="whoami" data-state="waiting">waiting</dd>
  <dt>WebSocket</dt><dd id="ws" data-state="waiting">waiting</dd>
  <dt>server-sent events</dt><dd id="sse" data-state="waiting">waiting</dd>
</dl>
<script>
  const show = (id, state, text) => Object.assign(document.getElementById(id), { textContent: text }).dataset.state = state
  fetch('/whoami').then((answer) => answer.text())
    .then((text) => show('whoami', 'ok', text), (error) => show('whoami', 'failed', String(error)))

  const socket = new WebSocket(location.origin.replace(/^http/, 'ws') + '/ws')
  socket.onopen = () => socket.send('hello')
  socket.onmessage = ({ data }) => { show('ws', 'ok', 'echoed ' + data); socket.onclose = null; socket.close() }
  socket.onclose = () => show('ws', 'failed', 'closed before the echo')

  const events = new EventSource('/sse?count=3&ms=50')
  let received = 0
  events.onmessage = () => { if (++received === 3) { events.close(); show('sse', 'ok', 'received 3 events') } }
  events.onerror = () => { events.close(); show('sse', 'failed', 'ended after ' + received + ' events') }
</script>
</body>
</html>
`
}
