import t from 'tap'
import { CATALOGUE } from '../../../agent/log/catalogue.js'
import { columnIds } from '../../../agent/log/column-ids.js'
import { PROFILES } from '../../../agent/log/profiles.js'

const GROUPS = [...new Set(CATALOGUE.map(({ group }) => group))]

void t.test('ids are stable, and one for each worker', async (t) => {
  for (const profile of Object.values(PROFILES)) {
    const ids = columnIds(98_944, profile)
    const tids = GROUPS.map((group) => ids.tidOf(group))
    t.strictSame(
      tids,
      GROUPS.map((group) => columnIds(98_944, profile).tidOf(group)),
      'the same again',
    )
    t.equal(new Set(tids).size, 3, 'flow, tunnel and service worker')
    t.equal(ids.tidOf('tunnel'), ids.tidOf('pop'), 'who chooses the POP also connects')
    t.equal(ids.tidOf('startup'), ids.tidOf('system'), 'the service does the rest')
    t.notOk(tids.includes(ids.pid), 'no worker has the id of the process')
  }
})

void t.test(
  'on Windows they are multiples of 4 with at most 5 hexadecimal digits, the pid with at most 4',
  async (t) => {
    for (const pid of [1, 2, 3, 16_382, 16_383, 98_944, 4_194_304, 2 ** 31 - 1]) {
      const ids = columnIds(pid, PROFILES['windows-r114'])
      for (const id of [ids.pid, ...GROUPS.map((group) => ids.tidOf(group))]) {
        t.ok(id > 0 && id % 4 === 0 && id <= 0xfffff, `${pid}: ${id.toString(16)}`)
      }
      t.ok(ids.pid <= 0xffff)
    }
  },
)

void t.test('elsewhere the pid is the real one', async (t) => {
  t.equal(columnIds(98_944, PROFILES['linux-r140']).pid, 98_944)
  t.equal(columnIds(98_944, PROFILES['macos-r126']).pid, 98_944)
})
