/** What the agent answered. */

import t from 'tap'
import type { CaptureReport } from '../../../../agent/capture-file/capture-request.js'
import { agentMembers, filesInCapture } from '../../../../agent/diag/bundle/agent-members.js'
import { HIDDEN } from '../../../../agent/diag/bundle/redact.js'
import { bytesIn } from '../../../support/member-bytes.js'

void t.test('every answer is a member, without secrets', async (t) => {
  const answers = {
    details: 'Orgname:: Lab.\nplanted-secret\n',
    status: { pid: 1, upstream: 'socks5://u:pw@h' },
    pop: {},
    flows: [{ host: 'planted-secret.com' }],
    map: [],
    capture: [{ keys: true } as CaptureReport],
  }
  const { members, leftOut } = agentMembers(answers, ['planted-secret'])
  const texts = await Promise.all(members.map(async (member) => [member.name, `${await bytesIn(member)}`] as const))
  const all = Object.fromEntries(texts)
  t.equal(all['nsdiag-f.txt'], `Orgname:: Lab.\n${HIDDEN}\n`)
  t.strictSame(JSON.parse(all['agent/status.json']!), { pid: 1, upstream: `socks5://u:${HIDDEN}@h` })
  t.strictSame(JSON.parse(all['agent/flows.json']!), [{ host: `${HIDDEN}.com` }])
  t.strictSame(JSON.parse(all['agent/captures.json']!), [{ keys: true }], 'a truth is no key')
  t.equal(members.length, 6)
  t.strictSame(leftOut, [])
})

void t.test('what it did not answer is told, and so is that there is none', async (t) => {
  const { members, leftOut } = agentMembers({ status: {} }, [])
  t.strictSame(
    members.map(({ name }) => name),
    ['agent/status.json'],
  )
  t.equal(leftOut.length, 5)
  t.strictSame(leftOut[0], { what: 'nsdiag-f.txt', why: 'the agent did not answer' })
  t.strictSame(agentMembers(undefined, []), {
    members: [],
    leftOut: [{ what: 'answers of the agent', why: 'no agent is running' }],
  })
})

void t.test('which files captures were writing to', async (t) => {
  const report = { kind: 'inner', running: true, file: '/logs/a.pcap' } as CaptureReport
  t.strictSame(filesInCapture({ capture: [report, { ...report, running: false, file: '/logs/b.pcap' }] }), ['a.pcap'])
  t.strictSame(filesInCapture({}), [])
})
