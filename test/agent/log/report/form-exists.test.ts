import t from 'tap'
import { CATALOGUE } from '../../../../agent/log/catalogue.js'
import { PROFILES } from '../../../../agent/log/profiles.js'
import { formExists } from '../../../../agent/log/report/form-exists.js'

void t.test('a build has every form of its table, and others of its release and platform', async (t) => {
  for (const profile of Object.values(PROFILES)) {
    for (const { form } of profile.messages.values()) t.ok(formExists(form, profile), `${profile.name} ${form.event}`)
    for (const form of CATALOGUE)
      if (formExists(form, profile)) t.ok(profile.messages.has(form.event), `${profile.name} ${form.event}`)
  }
  const failed = CATALOGUE.filter(({ event }) => event === 'download-failed')
  const inBuild = (profile: keyof typeof PROFILES) => failed.map((form) => formExists(form, PROFILES[profile]))
  t.strictSame(inBuild('linux-r140'), [true, true], 'two forms of one event')
  t.strictSame(inBuild('windows-r114'), [true, false])
})
