import t from 'tap'
import { configurationOf } from '../../../agent/config/configuration.js'
import { defaultFiles } from '../../../agent/config/default-files.js'
import { describeConfiguration } from '../../../scripts/config/describe.js'
import { describedText } from '../../../scripts/config/describe-text.js'

void t.test("nothing in a file moves a terminal's cursor", async (t) => {
  const files = defaultFiles({ tenant: 'lab', user: 'a@b\u001b[2J', org: 'Lab' })
  const text = describedText('/files', describeConfiguration(configurationOf(files)))
  t.match(text, 'a@b?[2J, Lab')
  t.notMatch(text, '\u001b')
})

void t.test('no pinned apps and no exceptions are said in a word', async (t) => {
  const files = {
    ...defaultFiles({ tenant: 'lab', user: 'a@b', org: 'Lab' }),
    'nsexception.json': { names: [], ips: [] },
    'nsbypass.json': { certPinnedAppList: [] },
  }
  const text = describedText('/files', describeConfiguration(configurationOf(files)))
  t.match(text, / {2}Exceptions {3}none\n {2}Pinned apps {2}none\n/)
})
