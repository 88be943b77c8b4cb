import fc from 'fast-check'
import t from 'tap'
import { escapeHtml } from '../../../../gateway/inspect/pages/escape-html.js'

void t.test('markup becomes text, what no page may hold becomes U+FFFD', async (t) => {
  const cases: [text: string, escaped: string][] = [
    ['<b class="x">', '&#60;b class=&#34;x&#34;&#62;'],
    [`' & &amp;`, '&#39; &#38; &#38;amp;'],
    ['a\u0000\u0007\u0085b\ud800', 'a\ufffd\ufffd\ufffdb\ufffd'],
    ['zwei\tWörter\n🙂', 'zwei\tWörter\n🙂'],
  ]
  for (const [text, escaped] of cases) t.equal(escapeHtml(text), escaped, JSON.stringify(text))
})

void t.test('no text opens a tag or ends an attribute, and each can be read back', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const escaped = escapeHtml(text)
      const read = escaped.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
      return !/[<>"']/.test(escaped) && read === text
    }),
  )
})
