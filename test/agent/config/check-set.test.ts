import t from 'tap'
import { checkSet, digestOf, readSet } from '../../../agent/config/check-set.js'
import { defaultTexts, foundTexts } from '../../support/config-files.js'
import { fullTexts } from '../../support/full-files.js'

void t.test('files with every key of ours are good, and hold none we do not know', async (t) => {
  const found = foundTexts(fullTexts())
  const checked = checkSet(found)
  t.match(checked, { unknown: [] })
  t.strictSame('configuration' in checked && checked.configuration, readSet(found), 'reading says what checking says')
})

void t.test('keys we do not know are named, a line a file', async (t) => {
  const texts = { ...defaultTexts(), 'nsexception.json': '{"names": [], "ips": [], "a": 1, "b c": {"d": 1}}' }
  t.match(checkSet(foundTexts(texts)), {
    unknown: ['nsexception.json: keys that mean nothing here and are kept: $.a, $["b c"]'],
  })
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, 1]))
  const found = foundTexts({ ...defaultTexts(), 'nsbypass.json': JSON.stringify({ certPinnedAppList: [], ...many }) })
  t.match(checkSet(found), { unknown: [/\$\.k0, .*\$\.k11 and 8 more$/] })
})

void t.test('a byte order mark is read past', async (t) => {
  const texts = fullTexts()
  const marked = { ...texts, 'nssteering.json': `\ufeff${texts['nssteering.json']}` }
  t.strictSame(readSet(foundTexts(marked)), readSet(foundTexts(texts)))
  t.match(checkSet(foundTexts(marked)), { unknown: [] })
})

void t.test('a digest tells texts, their files and missing ones apart', async (t) => {
  const texts = defaultTexts()
  const digests = [
    texts,
    { ...texts, 'nsbypass.json': `${texts['nsbypass.json']} ` },
    { ...texts, 'nsoverlap.json': '' },
    { ...texts, 'steerlab.json': '' },
  ].map((set) => digestOf(foundTexts(set)))
  t.equal(new Set(digests).size, digests.length)
  t.equal(digestOf(foundTexts(texts)), digests[0], 'and is the same for the same')
})
