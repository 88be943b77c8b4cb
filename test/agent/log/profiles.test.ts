import t from 'tap'
import { CURRENT_FORMS } from '../../../agent/log/message-forms.js'
import { DEFAULT_PROFILE, PROFILES } from '../../../agent/log/profiles.js'

void t.test('each profile writes lines as its platform does (format 1.1 to 1.5)', async (t) => {
  const cases = {
    'windows-2019': [3, 'number', '\r\n', 'stAgentSvc', true],
    'windows-r114': [3, 'word', '\r\n', 'stAgentSvc', true],
    'macos-r126': [6, 'word', '\n', 'stAgentNE', false],
    'linux-r140': [6, 'word', '\n', 'stAgentSvc', false],
  }
  for (const [name, columns] of Object.entries(cases)) {
    const { style, process, idsInFours } = PROFILES[name as keyof typeof PROFILES]
    t.strictSame([style.precision, style.levels, style.eol, process, idsInFours], columns, name)
  }
  t.strictSame(Object.keys(PROFILES), Object.keys(cases))
  t.equal(DEFAULT_PROFILE, 'windows-r114')
})

void t.test('places seen in real logs (format 2.15)', async (t) => {
  const place = (profile: keyof typeof PROFILES, type: keyof typeof CURRENT_FORMS) => {
    const { file, line, certainty } = PROFILES[profile].messages[type]
    return `${file}:${line} ${certainty}`
  }
  t.equal(place('windows-2019', 'tunnel-connecting'), 'tunnel.cpp:694 observed')
  t.equal(place('windows-2019', 'flow-tunneled'), 'tunnel.cpp:618 observed')
  t.equal(place('windows-r114', 'flow-tunneled'), 'tunnel.cpp:878 observed')
  t.equal(place('windows-r114', 'bypass-pinned'), 'bypassAppMgr.cpp:654 observed')
  t.equal(place('windows-r114', 'drop-pinned'), 'bypassAppMgr.cpp:663 observed')
  t.equal(place('linux-r140', 'flow-tunneled'), 'tunnel.cpp:1296 observed')
  t.equal(place('linux-r140', 'tunnel-established'), 'tunnel.cpp:988 observed')
  t.equal(place('macos-r126', 'bypass-exception-host'), 'bypassAppMgr.cpp:1634 inferred')
})

void t.test('every profile has every message, each at a place of its own, with its source', async (t) => {
  const types = Object.keys(CURRENT_FORMS)
  for (const profile of Object.values(PROFILES)) {
    t.strictSame(Object.keys(profile.messages), types, profile.name)
    const messages = Object.values(profile.messages)
    t.equal(new Set(messages.map(({ file, line }) => `${file}:${line}`)).size, types.length, 'no two share a place')
    for (const { form, file, source } of messages) {
      t.match(file, /^\w+\.cpp$/)
      t.ok(source !== '' && form.source !== '')
      t.match(form.component, /^\w+$/)
    }
  }
})
