/** A log that says everything a profile can say, once each, as its client would write it. */

import type { LogEvent } from '../../agent/log/event.js'
import type { MessageForm } from '../../agent/log/message-form.js'
import type { Profile } from '../../agent/log/profile.js'
import { formatRecord } from '../../agent/log/record.js'
import { templateOf } from '../../agent/log/render.js'
import type { FieldValue, TemplateField } from '../../agent/log/template.js'
import { renderIn } from './render-in.js'

const BEGIN = Date.UTC(2026, 2, 4, 9) * 1000
const SECOND = 1_000_000

/** Multiples of 4, as Windows has them. */
const IDS = { pid: 0x1f2c, tid: 0x1f48 }

/** The lines with their endings. */
export function renderedLines(profile: Profile): readonly string[] {
  return [...profile.messages.values()].map(({ form }, i) => {
    const said = renderIn(profile, plainEvent(form, profile))!
    const record = { time: BEGIN + i * SECOND, process: profile.process, ...IDS, ...said }
    return formatRecord(record, profile.style)
  })
}

/** An event with ordinary values in every field. */
function plainEvent(form: MessageForm, profile: Profile): LogEvent {
  const values = templateOf(form.template).fields.map((field) => [field.name, plainValue(field, profile)])
  return { ...Object.fromEntries(values), type: form.event }
}

function plainValue({ name, kind, choices }: TemplateField, { platform }: Profile): FieldValue {
  if (name === 'process') return platform === 'windows' ? 'chrome.exe' : 'google chrome helper'
  if (kind === 'number') return 3
  if (kind === 'endpoint') return { ip: '192.0.2.7', port: 443 }
  return kind === 'choice' ? choices[0]! : 'value'
}
