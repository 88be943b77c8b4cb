import t from 'tap'
import { parseTemplate } from '../../../agent/log/template.js'

void t.test('a template is taken apart into texts and fields', async (t) => {
  t.strictSame(parseTemplate('{transport:TLS|DTLS} Connecting to {gateway:word}:{port:number}'), {
    texts: ['', ' Connecting to ', ':', ''],
    fields: [
      { name: 'transport', kind: 'choice', choices: ['TLS', 'DTLS'], stop: '' },
      { name: 'gateway', kind: 'word', choices: [], stop: '' },
      { name: 'port', kind: 'number', choices: [], stop: '' },
    ],
    pivot: 1,
  })
  t.strictSame(parseTemplate('Tunnel Up'), { texts: ['Tunnel Up'], fields: [], pivot: -1 }, 'no field')
  t.strictSame(parseTemplate('info (len: {length:number}): {').texts, ['info (len: ', '): {'], 'a lone brace is text')
})

void t.test('what stops the reading of a field', async (t) => {
  const stops = (template: string) => parseTemplate(template).fields.map(({ name, stop }) => [name, stop])
  const pivots = (template: string) => {
    const { fields, pivot } = parseTemplate(template)
    return fields[pivot]?.name
  }
  const agent = '{os:text};Netskope ST Agent {version:word};{hostname:word}'
  t.equal(pivots(agent), 'os', 'the free text takes what is left')
  t.strictSame(
    stops(agent),
    [
      ['os', ''],
      ['version', ''],
      ['hostname', ';'],
    ],
    'a word beside text without a space',
  )
  t.equal(pivots('from {a:word} to {b:word}'), 'a', 'the first word, where nothing is free')
  t.equal(pivots('status {a:number}, {b:number}'), 'b', 'the last field, where all are narrow')
  t.strictSame(
    stops('{a:text}, b: {b:text}'),
    [
      ['a', ''],
      ['b', ', b: '],
    ],
    'a second free text',
  )
})
