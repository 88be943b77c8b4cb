// Pure: the lines a verdict is logged with, for a flow of which not everything is known.

import { columnIds } from '../../agent/log/column-ids.js'
import { flowEvents } from '../../agent/log/flow-event.js'
import type { Profile } from '../../agent/log/profile.js'
import { formatRecord } from '../../agent/log/record.js'
import { render } from '../../agent/log/render.js'
import type { FlowFacts, Verdict } from '../../agent/steering/flow.js'

/** 31 January 2025, 12:00 of any clock, microseconds. */
const SAMPLE_TIME = Date.UTC(2025, 0, 31, 12) * 1000
const SAMPLE_PID = 0x5fe
const SAMPLE_SESSION = 1
const SAMPLE_SOURCE = { ip: '192.168.1.20', port: 50000 }
/** For documentation (RFC 5737). */
const SAMPLE_ADDRESS = '203.0.113.10'

/** Lines without their ending, and what in them is a sample. */
export interface SampleLines {
  readonly profile: string
  readonly lines: readonly string[]
  readonly samples: readonly string[]
}

/** The lines of a verdict in a profile; none where no line is public. */
export function sampleLines(flow: FlowFacts, verdict: Verdict, profile: Profile): SampleLines {
  const { source, destination } = flow
  const facts: FlowFacts = {
    ...flow,
    source: { ip: source.ip || SAMPLE_SOURCE.ip, port: source.port || SAMPLE_SOURCE.port },
    destination: { ...destination, ip: destination.ip || SAMPLE_ADDRESS },
  }
  const ids = columnIds(SAMPLE_PID, profile)
  const lines = flowEvents(facts, verdict, { transport: 'TLS', sessionId: SAMPLE_SESSION }).flatMap((event) => {
    const message = profile.messages.get(event.type)
    if (message === undefined) return []
    const { form, level, file, line, component } = message
    const place = { process: profile.process, pid: ids.pid, tid: ids.tidOf(form.group), level, file, line, component }
    const record = { time: SAMPLE_TIME, ...place, message: render(event, form.template) }
    return [formatRecord(record, { ...profile.style, eol: '' })]
  })
  const samples = ['time', 'ids', source.ip === '' ? 'source' : 'source port']
  if (destination.ip === '') samples.push(`address ${SAMPLE_ADDRESS}`)
  return { profile: profile.name, lines, samples }
}
