/** Logs and captures as members. */

import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { captureMember, isCaptureName, isLogName, logMember } from '../../../../agent/diag/bundle/log-members.js'
import { closeAll, type OpenedFile, openRotated } from '../../../../agent/diag/bundle/open-rotated.js'
import { HIDDEN } from '../../../../agent/diag/bundle/redact.js'
import { bytesIn } from '../../../support/member-bytes.js'

function openOne(directory: string): OpenedFile {
  const { files } = openRotated(directory, () => true)
  t.teardown(() => closeAll(files))
  return files[0]!
}

void t.test('which files are logs and captures', async (t) => {
  for (const name of ['nsdebuglog.log', 'nsdriver.log', 'mine.log']) t.ok(isLogName(name), name)
  for (const name of ['nspktdump.pcap', 'x.pcapng', 'y.cap']) t.ok(isCaptureName(name), name)
  for (const name of ['nslogs.zip', 'log', 'speed.json', 'x.pcap.gz'])
    t.notOk(isLogName(name) || isCaptureName(name), name)
})

void t.test('a log comes in whole lines and without known secrets', async (t) => {
  const line = 'key is planted-secret, once more planted-secret\n'
  const member = logMember(openOne(t.testdir({ 'a.log': `${line.repeat(20_000)}half` })), ['planted-secret'])
  t.equal(`${await bytesIn(member)}`, line.repeat(20_000).replaceAll('planted-secret', HIDDEN))
  t.strictSame(member.redactions(), [`40000 times a known secret, now ${HIDDEN}`])
  t.equal(member.sourceBytes, line.length * 20_000)
})

void t.test('a log that is truncated meanwhile is shorter, and no fault', async (t) => {
  const directory = t.testdir({ 'a.log': 'one\ntwo\n' })
  const member = logMember(openOne(directory), [])
  truncateSync(join(directory, 'a.log'), 4)
  t.equal(`${await bytesIn(member)}`, 'one\n')
})

void t.test('a capture comes in whole packets', async (t) => {
  const header = Buffer.alloc(24)
  header.writeUInt32LE(0xa1b2c3d4, 0)
  const packet = Buffer.alloc(16 + 4)
  packet.writeUInt32LE(4, 8)
  const whole = Buffer.concat([header, packet])
  const file = Buffer.concat([whole, packet.subarray(0, 10)])
  const member = captureMember(openOne(t.testdir({ 'a.pcap': file })))
  t.strictSame(await bytesIn(member), whole)
  t.strictSame(member.remarks(), ['Its last 10 bytes were no whole packet yet, and are left out.'])
})

void t.test('who gets a capture with TLS secrets is warned', async (t) => {
  const section = Buffer.from('0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000', 'hex')
  const secrets = Buffer.from('0a000000140000004b534c54000000001400000000', 'hex').subarray(0, 20)
  const member = captureMember(openOne(t.testdir({ 'a.pcap': Buffer.concat([section, secrets]) })))
  t.equal((await bytesIn(member)).length, 48)
  t.match(member.remarks(), [/TLS secrets/])
})
