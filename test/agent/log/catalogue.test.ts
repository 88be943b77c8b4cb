import t from 'tap'
import { CATALOGUE } from '../../../agent/log/catalogue.js'
import { templateOf } from '../../../agent/log/render.js'

void t.test('every message is complete and says where it comes from', async (t) => {
  t.ok(CATALOGUE.length > 100, `${CATALOGUE.length} messages`)
  for (const { event, component, file, line, source, template, certainty } of CATALOGUE) {
    t.match(event, /^[a-z]+(-[a-z]+)*$/)
    t.match(component, /^\S+$/, event)
    t.match(file, /^\w+\.(cpp|mm)$/, event)
    t.ok(line > 0 && source !== '', event)
    t.match(template, certainty === 'invented' ? /./ : /\S$/, 'no message ends in white space')
    if (certainty === 'invented') t.match(source, /^no public line/, `${event} says that it is ours`)
  }
})

void t.test('every template can be read back without guessing', async (t) => {
  for (const { template } of CATALOGUE) {
    const { texts, fields } = templateOf(template)
    for (const text of texts.slice(1, -1)) t.not(text, '', `${template}: something stands between two fields`)
    const lead = texts[0]!.length >= 3 || (fields[0]?.kind === 'choice' && texts[1] !== '')
    t.ok(lead, `${template}: begins with what no other field value could hide`)
    t.equal(new Set(fields.map(({ name }) => name)).size, fields.length, template)
  }
})

void t.test('each row of the reference that is a log line is here', async (t) => {
  // Rows that are no message: installer log and hints (14, 15, 20, 21), seen elsewhere (23 is the cut one of EDNS), words
  // without a line (48), cut lines (41, 44, 45, 46, 49).
  const NO_MESSAGE = new Set([14, 15, 20, 21, 41, 44, 45, 46, 48, 49])
  const cited = new Set(
    CATALOGUE.flatMap(({ source }) =>
      [...source.matchAll(/\[([\d, -]+)\]/g)].flatMap(([, list = '']) =>
        list.split(',').flatMap((part) => {
          const [from = 0, to = from] = part.split('-').map(Number)
          return Array.from({ length: to - from + 1 }, (_, i) => from + i)
        }),
      ),
    ),
  )
  for (let row = 1; row <= 89; row++) if (!NO_MESSAGE.has(row)) t.ok(cited.has(row), `row ${row}`)
})
