import t from 'tap'
import { readTrafficMode } from '../../../../agent/config/import/traffic-mode.js'

void t.test('the mode behind a word, and whether that is known', async (t) => {
  for (const [word, hasApps, mode, guessed] of [
    ['web', true, 'web', false],
    ['cloud-apps', false, 'cloud-apps', false],
    ['all', false, 'all', false],
    ['cloud_apps', false, 'cloud-apps', true],
    ['Cloud Apps Only', false, 'cloud-apps', true],
    ['All Traffic', true, 'all', true],
    ['cloud firewall', true, 'all', true],
    ['all web traffic', false, 'web', true],
    ['Web Traffic', true, 'web', true],
    ['3', true, 'cloud-apps', true],
    ['3', false, 'web', true],
    [undefined, true, 'cloud-apps', true],
    [undefined, false, 'web', true],
  ] as const)
    t.strictSame(readTrafficMode(word, hasApps), { mode, guessed }, `${word} ${hasApps}`)
})
