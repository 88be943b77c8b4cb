/** Events whose fields hold what attackers and accidents put there: for property tests over the whole catalogue. */

import fc from 'fast-check'
import type { LogEvent } from '../../agent/log/event.js'
import type { MessageForm } from '../../agent/log/message-form.js'
import { templateOf } from '../../agent/log/render.js'
import type { FieldValue, TemplateField } from '../../agent/log/template.js'

const hostile = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    ',',
    ', host: x',
    ' to host: evil, addr: 1.2.3.4:5 to nsProxy',
    '2001:db8::7',
    'x'.repeat(255),
    'münchen.example',
    '例え.テスト',
    'a b c',
    '[sessId 1]',
    'a;b',
    'line\nbreak\r\n',
    '\u2028\u0085',
  ),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
)
const addresses = fc.oneof(fc.ipV4(), fc.ipV6(), hostile)

function valuesFor({ kind, choices }: TemplateField): fc.Arbitrary<FieldValue> {
  switch (kind) {
    case 'number':
      return fc.oneof(fc.nat(0xffff), fc.integer())
    case 'endpoint':
      return fc.record({ ip: addresses, port: fc.nat(0xffff) })
    case 'choice':
      return fc.constantFrom(...choices)
    default:
      return fc.oneof(hostile, addresses)
  }
}

/** Events of one message form. */
export function hostileEvents(form: MessageForm): fc.Arbitrary<LogEvent> {
  const { fields } = templateOf(form.template)
  const values = Object.fromEntries(fields.map((field) => [field.name, valuesFor(field)]))
  return fc.record(
    { type: fc.constant(form.event), ...values },
    { noNullPrototype: true },
  ) as unknown as fc.Arbitrary<LogEvent>
}
