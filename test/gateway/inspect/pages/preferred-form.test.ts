import fc from 'fast-check'
import t from 'tap'
import { type PageForm, preferredForm } from '../../../../gateway/inspect/pages/preferred-form.js'

void t.test('the form for an Accept header', async (t) => {
  const cases: [accept: string, form: PageForm, what: string][] = [
    ['', 'text', 'none'],
    ['*/*', 'text', 'curl, wget, fetch'],
    [
      'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
      'html',
      'a browser that goes to a page',
    ],
    ['image/avif,image/webp,image/apng,*/*;q=0.8', 'text', 'a browser that loads an image'],
    ['application/json', 'json', 'a program'],
    ['application/json, text/plain, */*', 'json', 'axios'],
    ['application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*', 'json', 'npm'],
    ['application/json; q=0.8, */*', 'json', 'what is named goes before what a wildcard lets pass'],
    ['application/vnd.github+json', 'json', 'a media type that is JSON'],
    [
      'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01',
      'json',
      'pip',
    ],
    ['text/html;q=0.5, application/json;q=0.4', 'html', 'the quality decides'],
    ['text/html;q=0.4, application/json;q=0.5', 'json', 'and the other way round'],
    ['text/html, application/json', 'json', 'equal: browsers do not name JSON'],
    ['text/plain, text/html', 'html', 'equal, and no JSON: the page'],
    ['text/plain', 'text', 'text by name'],
    ['TEXT/HTML ; Q=1', 'html', 'case does not count'],
    ['text/html;level=1;q=0.3, text/plain;q=0.2', 'html', 'other parameters'],
    ['text/html;q=0, */*', 'text', 'not HTML'],
    ['text/plain;q=0, */*', 'html', 'anything but text'],
    ['text/plain;q=0, application/json;q=0, */*', 'html', 'anything but text and JSON'],
    ['application/json;q=0, application/*', 'text', 'nothing that is left: text all the same'],
    ['application/*', 'json', 'of the kind'],
    ['text/*', 'text', 'of the kind'],
    ['text/*;q=0.1, */*', 'json', 'the more precise range holds, though it wants less'],
    ['application/json;q=0.2, application/json;q=0.9, text/html;q=0.5', 'json', 'said twice: the better'],
    ['image/png', 'text', 'none of ours'],
    ['application/json;q=2, text/html;q=0.1', 'html', 'no quality is above 1: the element does not count'],
    ['application/json;q=0.1234, text/html;q=0.1', 'html', 'three digits at most'],
    ['application/json;q=, text/html;q=0.1', 'html', 'an empty one'],
    ['application/json;q=-1, text/html;q=0.1', 'html', 'a negative one'],
    ['application/json;q=1.000', 'json', 'one, in full'],
    ['application/json;q=0.', 'text', 'zero, in short'],
    ['application/jsonp', 'text', 'JSON is a whole word'],
    ['xapplication/json', 'text', 'on both sides'],
    ['html', 'text', 'no media type'],
    [',,, ;q=1', 'text', 'nothing'],
    [`${'image/png,'.repeat(100_000)}text/html`, 'text', 'one without end'],
  ]
  for (const [accept, form, what] of cases) t.equal(preferredForm(accept), form, what)
})

const TYPES = ['text/html', 'application/json', 'text/plain', 'application/xml', 'image/png'] as const
const quality = fc.integer({ min: 0, max: 1000 })

void t.test('among media types that are named, the one that is wanted most', async () => {
  const wishes = fc.uniqueArray(fc.tuple(fc.constantFrom(...TYPES), quality), { selector: ([type]) => type })
  fc.assert(
    fc.property(wishes, (elements) => {
      const accept = elements.map(([type, q]) => `${type};q=${(q / 1000).toFixed(3)}`).join(', ')
      const qualityOf = (type: string) => elements.find(([name]) => name === type)?.[1] ?? 0
      const most = Math.max(...TYPES.slice(0, 3).map(qualityOf))
      const type = { html: 'text/html', json: 'application/json', text: 'text/plain' }[preferredForm(accept)]
      return most === 0 ? type === 'text/plain' : qualityOf(type) === most
    }),
  )
})

void t.test('no header is too odd', async () => {
  const piece = fc.constantFrom(
    'text/html',
    '*/*',
    'application/',
    'json',
    ';',
    ',',
    'q=',
    '0.5',
    '"',
    '\\',
    ' ',
    '\u0000',
  )
  const odd = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece).map((pieces) => pieces.join('')),
  )
  fc.assert(
    fc.property(odd, (accept) => ['html', 'json', 'text'].includes(preferredForm(accept))),
    { numRuns: 1000 },
  )
})
