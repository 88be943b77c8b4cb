// Pure: the program a message is about, whose name tells the system it ran on.

import { CATALOGUE } from '../catalogue.js'
import type { MessageForm } from '../message-form.js'
import type { Recognised } from '../recognise.js'
import { templateOf } from '../render.js'

/** Where the field stands, by form; looked up, because it is asked for with every line. */
const PROGRAM_FIELD: ReadonlyMap<MessageForm, number> = new Map(
  CATALOGUE.map((form) => [form, templateOf(form.template).fields.findIndex(({ name }) => name === 'process')]),
)

/** The name, '' where the message names none. */
export function programOf(recognised: Recognised): string {
  const field = PROGRAM_FIELD.get(recognised.form) ?? -1
  return field < 0 ? '' : recognised.text(field)
}
