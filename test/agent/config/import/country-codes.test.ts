import t from 'tap'
import { countryCode } from '../../../../agent/config/import/country-codes.js'

void t.test('names and codes of countries, and what is neither', async (t) => {
  for (const [name, code] of [
    ['Andorra', 'AD'],
    ['American Samoa', 'AS'],
    ['Germany', 'DE'],
    ['united states', 'US'],
    ['United Kingdom', 'GB'],
    [' France ', 'FR'],
    ['de', 'DE'],
    ['DD', undefined],
    ['UK', undefined],
    ['Atlantis', undefined],
    ['', undefined],
  ] as const)
    t.equal(countryCode(name), code, JSON.stringify(name))
})
