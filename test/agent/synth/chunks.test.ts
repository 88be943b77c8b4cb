/** Generated lines against their truth, for every scenario and profile. */

import t from 'tap'
import { isoTime } from '../../../agent/log/iso-time.js'
import type { ProfileName } from '../../../agent/log/message-form.js'
import { PROFILE_NAMES, PROFILES } from '../../../agent/log/profiles.js'
import { recognise } from '../../../agent/log/recognise.js'
import { parseRecord } from '../../../agent/log/record.js'
import { SCENARIOS } from '../../../agent/synth/scenarios.js'
import { generatedLog } from '../../support/generated-log.js'

const LINES = 4000

/** Checks line after line; answers the first that is not what its truth says. */
function firstLie(profile: ProfileName, scenario: string): string | undefined {
  const { text, truth } = generatedLog(PROFILES[profile], SCENARIOS.get(scenario)!, { amount: { lines: LINES } })
  const bytes = Buffer.from(text)
  for (const [i, told] of truth.entries()) {
    const line = bytes.subarray(told.offset, truth[i + 1]?.offset).toString()
    const where = `line ${i + 1} ${JSON.stringify(told)}: ${JSON.stringify(line)}`
    if (line.split('\n').length !== 2 || !line.endsWith(PROFILES[profile].style.eol)) return `not one line: ${where}`
    const parsed = parseRecord(line)
    if (told.event === 'unreadable') {
      if ('record' in parsed) return `readable: ${where}`
      continue
    }
    if ('reason' in parsed) return `${parsed.reason}: ${where}`
    const { type, ...fields } = recognise(parsed.record.message)?.event ?? { type: 'unknown' }
    if (type !== told.event || JSON.stringify(fields) !== JSON.stringify(told.fields)) return `other event: ${where}`
    if (isoTime(parsed.record.time).slice(0, 23) !== told.time.slice(0, 23)) return `other time: ${where}`
  }
  return truth.length === LINES ? undefined : `${truth.length} lines`
}

for (const scenario of SCENARIOS.keys())
  void t.test(`${scenario}: every line is what its truth says, in every profile`, async (t) => {
    for (const profile of PROFILE_NAMES) t.equal(firstLie(profile, scenario), undefined, profile)
  })

void t.test('the bytes are the same with and without truth', async (t) => {
  for (const scenario of ['normal-day', 'corrupt']) {
    const wanted = { amount: { lines: 20_000 } }
    const [told, untold] = [true, false].map((truth) =>
      generatedLog(PROFILES['linux-r140'], SCENARIOS.get(scenario)!, { ...wanted, truth }),
    )
    t.ok(told!.text === untold!.text, scenario)
    t.equal(untold!.truth.length, 0)
  }
})

void t.test('time goes on, a second column of nothing but the stamp', async (t) => {
  const { text } = generatedLog(PROFILES['macos-r126'], SCENARIOS.get('normal-day')!, { amount: { lines: 60_000 } })
  const stamps = text.split('\n').map((line) => line.slice(0, 26))
  stamps.pop()
  t.equal(stamps.length, 60_000)
  const back = stamps.findIndex((stamp, i) => i > 0 && stamp < stamps[i - 1]!)
  t.equal(back, -1, `line ${back}: ${stamps[back - 1]} then ${stamps[back]}`)
})
