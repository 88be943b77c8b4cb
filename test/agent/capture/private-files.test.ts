import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { browserPolicy, nsswitchWithDns, preparePrivateFiles } from '../../../agent/capture/private-files.js'

const PEM = (text: string) => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`

void t.test('names are asked of files and DNS alone', async (t) => {
  const host =
    '# hosts: commented\npasswd: files systemd\nhosts:\tfiles mdns4_minimal [NOTFOUND=return] resolve dns\ngroup: files\n'
  const lines = nsswitchWithDns(host).split('\n')
  t.strictSame(
    lines.filter((line) => /^\s*hosts\s*:/.test(line)),
    ['hosts: files dns'],
    'one rule for hosts',
  )
  t.strictSame(lines.slice(1), ['# hosts: commented', 'passwd: files systemd', 'group: files', ''], 'the rest stays')
  t.equal(nsswitchWithDns(''), 'hosts: files dns\n', 'also where there was nothing')
})

void t.test("the browser's policy", async (t) => {
  const policy = JSON.parse(browserPolicy([PEM('QUJD\nREVG') + PEM('R0hJ'), PEM('SktM')]))
  t.strictSame(policy, {
    DnsOverHttpsMode: 'off',
    QuicAllowed: false,
    CACertificates: ['QUJDREVG', 'R0hJ', 'SktM'],
  })
  t.strictSame(JSON.parse(browserPolicy([])).CACertificates, [], 'nobody is trusted beside its own')
})

void t.test('the files are written below the directory, anew each time', async (t) => {
  const directory = join(t.testdir(), 'captured')
  const { hidden, files } = preparePrivateFiles(directory, [PEM('QUJD')])
  t.ok(files.length > 0)
  for (const { path, source } of files) {
    t.ok(source.startsWith(`${directory}/`), `${path} is covered by a file of ours`)
    t.notOk(path.startsWith(directory), 'of the host')
  }
  t.ok(hidden.includes('/run/nscd'), 'sockets that answer names are hidden')
  const policies = join(directory, 'browser', 'policies', 'managed')
  t.match(readFileSync(join(policies, 'steerlab.json'), 'utf8'), 'QUJD')
  const resolvConf = files.find(({ source }) => source.endsWith('resolv.conf'))
  if (resolvConf !== undefined) t.match(readFileSync(resolvConf.source, 'utf8'), /^nameserver 192\.0\.2\.53$/m)

  writeFileSync(join(policies, 'other.json'), '{}')
  preparePrivateFiles(directory, [])
  t.strictSame(readdirSync(policies), ['steerlab.json'], 'nothing of the last time stays')
  t.notMatch(readFileSync(join(policies, 'steerlab.json'), 'utf8'), 'QUJD')
})
