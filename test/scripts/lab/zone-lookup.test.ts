/** What a name server would find in a zone. */

import t from 'tap'
import type { RecordData, ZoneRecord } from '../../../scripts/lab/zone.js'
import { ZoneIndex } from '../../../scripts/lab/zone-lookup.js'

const record = (name: string, data: RecordData): ZoneRecord => ({ name, ttl: 60, ...data })
const a = (name: string, address: string) => record(name, { type: 'A', address })
const alias = (name: string, target: string) => record(name, { type: 'CNAME', target })

const zone = new ZoneIndex([
  a('box.com', '1.1.1.1'),
  a('box.com', '1.1.1.2'),
  record('box.com', { type: 'TXT', text: 'hello' }),
  a('deep.below.example', '2.2.2.2'),
  alias('www.box.com', 'edge.box.com'),
  alias('edge.box.com', 'box.com'),
  alias('lost.box.com', 'gone.box.com'),
  alias('round.box.com', 'about.box.com'),
  alias('about.box.com', 'round.box.com'),
])

const CASES: readonly [name: string, type: string, exists: boolean, found: boolean, names: string[], why: string][] = [
  ['box.com', 'A', true, true, ['box.com', 'box.com'], 'all records of the type'],
  ['BOX.com.', 'TXT', true, true, ['box.com'], 'whatever the letter case, with trailing dot'],
  ['box.com', 'AAAA', true, false, [], 'NODATA: the name exists, the type does not'],
  ['www.box.com', 'A', true, true, ['www.box.com', 'edge.box.com', 'box.com', 'box.com'], 'through two aliases'],
  ['www.box.com', 'AAAA', true, false, ['www.box.com', 'edge.box.com'], 'aliases, then NODATA'],
  ['www.box.com', 'CNAME', true, true, ['www.box.com'], 'the alias itself when asked for'],
  ['lost.box.com', 'A', false, false, ['lost.box.com'], 'an alias to a name that is not there'],
  ['nope.box.com', 'A', false, false, [], 'NXDOMAIN'],
  ['xbox.com', 'A', false, false, [], 'NXDOMAIN: a suffix of characters is no parent'],
  ['below.example', 'A', true, false, [], 'a parent without records exists (RFC 8020)'],
  ['com', 'NS', true, false, [], 'so does a top-level domain'],
  ['', 'A', true, false, [], 'and the root'],
  ['constructor', 'A', false, false, [], 'names of JavaScript are not special'],
]

void t.test('a question finds records, NODATA or NXDOMAIN', async (t) => {
  for (const [name, type, exists, found, names, why] of CASES) {
    const answer = zone.lookup(name, type)
    const seen = { ...answer, records: answer.records.map((entry) => entry.name) }
    t.strictSame(seen, { exists, found, records: names }, `${why}: ${name} ${type}`)
  }
})

void t.test('aliases that go round end', async (t) => {
  const answer = zone.lookup('round.box.com', 'A')
  t.equal(answer.found, false)
  t.ok(answer.records.length < 20)
})
