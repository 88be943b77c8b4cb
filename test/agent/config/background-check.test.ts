import t from 'tap'
import { BackgroundCheck } from '../../../agent/config/background-check.js'
import { checkSet } from '../../../agent/config/check-set.js'
import { defaultTexts, foundTexts } from '../../support/config-files.js'

void t.test('it finds what checkSet finds, also after its thread was ended', async (t) => {
  const check = new BackgroundCheck()
  const good = foundTexts(defaultTexts())
  const bad = foundTexts({ ...defaultTexts(), 'nssteering.json': '{' })
  t.strictSame(await check.check(good), { unknown: [] })
  t.strictSame(await check.check(bad), checkSet(bad))
  await check.close()
  t.strictSame(await check.check(good), { unknown: [] }, 'a new thread')
  await check.close()
})
