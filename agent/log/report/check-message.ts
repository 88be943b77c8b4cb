// Pure: what of one record a client of a profile would not have written: its message, and the columns that belong to it.

import type { EventType } from '../catalogue.js'
import type { MessageForm } from '../message-form.js'
import type { Profile, ProfileMessage } from '../profile.js'
import { formExists } from '../profile.js'
import type { Recognised } from '../recognise.js'
import type { LogRecord } from '../record.js'
import { templateOf } from '../render.js'
import { programOf } from './program-of.js'

/** A deviation: a stable word for its kind, and a sentence that alike ones share. */
export interface Finding {
  readonly kind: string
  readonly what: string
}

/** So much of an unknown message is told, UTF-16 units. */
const SHOWN = 100

/** The deviations of one record. Only places seen in real logs of the profile are held against it. */
export function messageFindings(
  record: LogRecord,
  recognised: Recognised | undefined,
  profile: Profile,
): readonly Finding[] {
  const findings: Finding[] = []
  if (record.message.trimEnd() !== record.message && !endsInEmptyField(recognised))
    findings.push({ kind: 'trailing-space', what: 'white space at the end of the line' })
  if (recognised === undefined) {
    const alike = record.message.slice(0, SHOWN).replace(/\d+/g, '#').trimEnd()
    findings.push({ kind: 'unknown-message', what: `${record.component} ${alike}` })
    return findings
  }
  const { form } = recognised
  if (profile.platform !== 'windows' && programOf(recognised).endsWith('.exe'))
    findings.push({ kind: 'exe-name', what: `a program named with .exe on ${profile.platform}` })
  if (!formExists(form, profile))
    return [...findings, { kind: 'not-in-profile', what: `${form.event}: ${whoHas(form, profile)}` }]
  const message = profile.messages.get(form.event as EventType)
  return message === undefined ? findings : [...findings, ...columnFindings(record, message)]
}

function columnFindings(record: LogRecord, message: ProfileMessage): readonly Finding[] {
  const { file, line, component, level, certainty, form } = message
  const findings: Finding[] = []
  const differs = (kind: string, found: string, expected: string): void => {
    findings.push({ kind, what: `${form.event}: ${found} instead of ${expected}` })
  }
  if (certainty === 'observed' && (record.line !== line || record.file !== file))
    differs('place', `${record.file}:${record.line}`, `${file}:${line}`)
  if (record.component !== component) differs('component', record.component, component)
  if (record.level !== level) differs('level', record.level, level)
  return findings
}

/** Which clients write a form that the profile's does not. */
function whoHas({ since, until, platforms }: MessageForm, { platform, release }: Profile): string {
  if (platforms !== undefined && !platforms.includes(platform))
    return `written on ${platforms.join(' and ') || 'mobile systems'}, not on ${platform}`
  return since !== undefined && since > release
    ? `written from release ${since} on, not by ${release}`
    : `written up to release ${until}, not by ${release}`
}

/** The one reason for a space at the end: the last thing said is empty (reference 1.4). */
function endsInEmptyField(recognised: Recognised | undefined): boolean {
  if (recognised === undefined) return false
  const { texts, fields } = templateOf(recognised.form.template)
  return texts.at(-1) === '' && recognised.text(fields.length - 1) === ''
}
