/** Logs and captures as members. */

import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { captureMember, isCaptureName, isLogName, logMember } from '../../../../agent/diag/bundle/log-members.js'
import { closeAll, type OpenedFile, openRotated } from '../../../../agent/diag/bundle/open-rotated.js'
import { HIDDEN } from '../../../../agent/diag/bundle/redact.js'
import { bytesIn } from '../../../support/member-bytes.js'
import { lacking } from '../../../support/needs.js'
import { runProgram } from '../../../support/run-program.js'

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
  const member = captureMember(openOne(t.testdir({ 'a.pcap': file })), false)
  t.strictSame(await bytesIn(member), whole)
  t.strictSame(member.remarks(), ['Its last 10 bytes were no whole packet, and are left out.'])
  t.strictSame(member.redactions(), [])
})

void t.test(
  'a capture comes without its TLS secrets, and tells so',
  { skip: lacking('tshark', 'editcap') },
  async (t) => {
    const directory = t.testdir({ 'keys.log': `CLIENT_RANDOM ${'ab'.repeat(32)} ${'cd'.repeat(48)}\n` })
    const [keys, bare, file] = ['keys.log', 'bare.txt', 'a.pcapng'].map((name) => join(directory, name)) as string[]
    writeFileSync(bare!, '0000  45 00 00 14 00 00 00 00 40 11 00 00 7f 00 00 01 7f 00 00 01\n')
    await runProgram('text2pcap', ['-q', '-l', '101', bare!, join(directory, 'bare.cap')])
    await runProgram('editcap', ['--inject-secrets', `tls,${keys}`, join(directory, 'bare.cap'), file!])
    const { files } = openRotated(directory, (name) => name === 'a.pcapng')
    t.teardown(() => closeAll(files))
    const member = captureMember(files[0]!, true)
    const bytes = await bytesIn(member)
    t.ok(readFileSync(file!).includes('CLIENT_RANDOM'), 'they were there')
    t.notOk(bytes.includes('CLIENT_RANDOM'))
    t.strictSame(member.redactions(), ['blocks of TLS secrets: 1'])
    t.match(member.remarks(), [/TLS secrets were taken out/, /still running/])
    writeFileSync(file!, bytes)
    const read = await runProgram('tshark', ['-r', file!, '-T', 'fields', '-e', 'ip.src'])
    t.match(read, { code: 0, stdout: '127.0.0.1\n' })
  },
)
