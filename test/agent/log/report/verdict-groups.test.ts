import t from 'tap'
import { FLOW_VERDICTS } from '../../../../agent/log/report/report.js'
import { FLOW_GROUPS, GROUP_OF, verdictsNamed } from '../../../../agent/log/report/verdict-groups.js'

void t.test('a group means its verdicts, a verdict itself, another word nothing', async (t) => {
  t.strictSame(verdictsNamed('tunneled'), ['nsProxy', 'app-fw', 'tunneled'])
  t.strictSame(verdictsNamed('blocked'), ['blocked-pinned', 'blocked-udp'])
  t.strictSame(verdictsNamed('pinned-tunnel'), ['pinned-tunnel'])
  for (const word of ['', 'Blocked', 'steered']) t.equal(verdictsNamed(word), undefined, word)
})

void t.test('every verdict is in one group', async (t) => {
  const all = FLOW_GROUPS.flatMap((group) => verdictsNamed(group) ?? [])
  t.strictSame([...all].sort(), [...FLOW_VERDICTS].sort())
  t.equal(GROUP_OF['pinned-tunnel'], 'bypassed', 'let pass in the tunnel is bypassed')
})
