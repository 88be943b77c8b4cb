import fc from 'fast-check'
import t from 'tap'
import { html, jsonBlock, Markup } from '../../../../scripts/logs/report-page/markup.js'

void t.test('values are text, between tags and in attributes; markup stays markup', async (t) => {
  const cases: [value: string, written: string][] = [
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    [`" onclick='x' &amp;`, '&quot; onclick=&#39;x&#39; &amp;amp;'],
    ['$' + '{1}', '$' + '{1}'],
    ['a\u0000\u0007\u0085b\ud800', 'a\ufffd\ufffd\ufffdb\ufffd'],
    ['zwei\tWörter 🙂', 'zwei\tWörter 🙂'],
  ]
  for (const [value, written] of cases)
    t.equal(html`<a title="${value}">${value}</a>`.text, `<a title="${written}">${written}</a>`, JSON.stringify(value))
  t.equal(html`${3} ${html`<b>${'<'}</b>`}${[html`<i>`, html`</i>`]}${[]}`.text, '3 <b>&lt;</b><i></i>')
  t.equal(html`none`.text, 'none')
  t.ok(html`` instanceof Markup)
})

void t.test('no text opens a tag or ends an attribute', async () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/[<>"']/.test(html`${text}`.text)))
})

void t.test('JSON comes back as it was, and its block has no end but its own', async (t) => {
  const hostile = ['</script><script>alert(1)</script>', '<!-- <script>', '\u2028', '"', '\\u003c']
  const { text } = jsonBlock(hostile)
  const content = text.slice('<script type="application/json">'.length, -'</script>'.length)
  t.notMatch(content, /</)
  t.strictSame(JSON.parse(content), hostile)
})
