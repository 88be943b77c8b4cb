import t from 'tap'
import { domainMisses } from '../../../agent/steering/near-miss-domains.js'

for (const [sentence, entry, host, expected] of [
  [
    'a wildcard misses its root',
    '*.zoom.us',
    'zoom.us',
    '`*.zoom.us` covers what lies below zoom.us, and not zoom.us itself',
  ],
  [
    'a name misses what is below',
    'apple.com',
    'gdmf.apple.com',
    '`apple.com` covers apple.com itself, and not gdmf.apple.com below it',
  ],
  [
    'an ending within a label',
    'zoom.us',
    'notzoom.us',
    '`zoom.us` does not cover notzoom.us, whose end is alike, but within a label',
  ],
  [
    'a wildcard too',
    '*.zoom.us',
    'notzoom.us',
    '`*.zoom.us` does not cover notzoom.us, whose end is alike, but within a label',
  ],
  [
    'an entry below the host',
    'www.zoom.us',
    'zoom.us',
    '`www.zoom.us` lies below zoom.us, and does not cover zoom.us itself',
  ],
  ['a letter too many', 'dropboxx.com', 'dropbox.com', '`dropboxx.com` differs from dropbox.com by one letter'],
  ['a letter too few', 'dropbo.com', 'dropbox.com', '`dropbo.com` differs from dropbox.com by one letter'],
  ['another letter', 'dropbix.com', 'dropbox.com', '`dropbix.com` differs from dropbox.com by one letter'],
  ['another top level is another domain', 'dropbox.org', 'dropbox.com', undefined],
  ['letters that changed places are two', 'dropbxo.com', 'dropbox.com', undefined],
  ['short names differ by a letter all the time', 'ab.de', 'ac.de', undefined],
  ['a name that has nothing to do with it', 'example.com', 'dropbox.com', undefined],
  ['a common top level is nothing', 'com', 'dropboxcom', undefined],
  [
    'any spelling of the entry',
    'ZOOM.us.',
    'notzoom.us',
    '`ZOOM.us.` does not cover notzoom.us, whose end is alike, but within a label',
  ],
  ['an unknown host misses nothing', '*.zoom.us', '', undefined],
] as const) {
  void t.test(sentence, async (t) => {
    const rule = { ref: { file: 'nsexception.json', path: '$.names[0]' }, text: entry } as const
    const [miss] = domainMisses([rule], host, 'names')
    t.equal(miss?.sentence, expected)
    if (miss !== undefined) t.equal(miss.rule, rule.ref)
  })
}

void t.test('where names are suffixes a wildcard never matches', async (t) => {
  const rule = { ref: { file: 'nssteering.json', path: '$.domains[0]' }, text: '*.box.com' } as const
  const sentence = '`*.box.com` never matches in this list: `box.com` would, and stands for all below it too'
  for (const host of ['box.com', 'www.box.com'])
    t.equal(domainMisses([rule], host, 'suffixes')[0]?.sentence, sentence, host)
  t.strictSame(domainMisses([rule], 'notbox.com', 'suffixes'), [], 'and means nothing for other hosts')
})
