/** nsdiag starts and stops captures and the driver log, and saves logs; what is in them is told by their own tests. */

import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Manifest } from '../../agent/diag/bundle/manifest.js'
import { unpacked } from '../support/bundle-home.js'
import { withHome, withLab } from '../support/steerlab.js'

void t.test('captures', { timeout: 120_000 }, (t) =>
  withLab(t, async ({ cli, run, home }) => {
    const logs = join(home, 'stagent', 'logs')
    const nsdiag = (args: string) => cli(['nsdiag', ...args.split(' ')])
    const started = /^The inner capture runs: .*\/stagent\/logs\/nspktdump\.pcap \(.+\)\n$/
    t.match(await nsdiag('-c start -s 60'), { code: 0, stdout: started, stderr: '' })
    t.match(await nsdiag('-c start'), { code: 1, stdout: '', stderr: /^steerlab: .+\n$/ }, 'it runs already')
    t.match(await nsdiag('-p start -o out.pcap -s 1'), {
      code: 0,
      stdout: /^The outer capture runs: .*\/logs\/out\.pcap /,
    })
    t.equal((await run(['curl', '-s', '-o', '/dev/null', 'https://box.com/'])).code, 0)
    const [report] = JSON.parse((await nsdiag('-c stop --json')).stdout)
    t.match(report, { kind: 'inner', running: false, file: join(logs, 'nspktdump.pcap') })
    t.ok(report.packets > 5, `${report.packets} packets`)
    const stopped = /^The outer capture is stopped: .*out\.pcap, \d+ packets, \d+ bytes(, \d+ dropped)?\n$/
    t.match(await cli(['nsclient', 'stop-pkt']), { code: 0, stdout: stopped }, 'what runs still')
    t.match(await cli(['nsclient', 'stop-pkt']), { code: 1, stderr: 'steerlab: no capture runs\n' })
    t.match(await nsdiag('-p stop'), { code: 1, stdout: '', stderr: /^steerlab: .+\n$/ })
    for (const name of ['nspktdump.pcap', 'out.pcap']) t.equal(statSync(join(logs, name)).mode & 0o777, 0o600, name)
    t.match(await cli(['nsclient', 'start-pkt', 'inner', '-s', '600']), { code: 0, stdout: started })
    t.match(await cli(['status']), { stdout: /^inner +captured to .*\/nspktdump\.pcap$/m })
    t.equal((await run(['curl', '-s', '-o', '/dev/null', 'https://box.com/'])).code, 0)
    t.match(await nsdiag('-o running.zip'), { code: 0 })
    const files = await unpacked(join(logs, 'running.zip'))
    t.ok(files.get('nspktdump.pcap')?.includes('box.com'), 'what was seen so far is in a bundle')
    const { members } = JSON.parse(`${files.get('manifest.json')}`) as Manifest
    const remarksOf = (file: string) => members.find(({ name }) => name === file)?.remarks
    t.match([remarksOf('nspktdump.pcap'), remarksOf('out.pcap')], [[/still running/], []])
    t.match(await cli(['nsclient', 'stop-pkt', 'inner']), { code: 0, stdout: /^The inner capture is stopped: / })
    t.notMatch((await cli(['status'])).stdout, /captured to/)
    const refused = await nsdiag('-c start -o /tmp/x.pcap')
    t.match(refused, { code: 2, stdout: '', stderr: /has a path; the file lands in the log directory/ })
  }),
)

void t.test('the driver log', { timeout: 120_000 }, (t) =>
  withLab(t, async ({ cli, run, shell, status, home }) => {
    const nsdiag = (args: string) => cli(['nsdiag', ...args.split(' ')])
    const file = join(home, 'stagent', 'logs', 'drv.log')
    t.match(await nsdiag('-d start -o drv.log'), { code: 0, stdout: `The driver log runs: ${file}\n`, stderr: '' })
    t.match(await nsdiag('-d start'), { code: 1, stderr: `steerlab: a driver log runs already: ${file}\n` })
    await run(['curl', '-s', '-o', '/dev/null', 'https://box.com/whoami'])
    await shell(`curl -s -o /dev/null -x ${(await status()).proxy.http} http://zoom.us/whoami`)
    t.match(JSON.parse((await nsdiag('-d stop --json')).stdout), { file, running: false, lost: 0, failure: '' })
    const text = readFileSync(file, 'utf8')
    for (const line of [
      /^\S+Z #\d+ accepted namespace [\d.]+:\d+ -> [\d.]+:443$/m,
      /^\S+Z #\d+ owner curl pid \d+$/m,
      /^\S+Z #\d+ decided tunnel nsProxy box\.com by nssteering\.json \$\.traffic_mode$/m,
      /^\S+Z #\d+ decided bypass exception-host zoom\.us by nsexception\.json \$\.names\[\d+\]$/m,
      /^\S+Z #\d+ opened$/m,
      /^\S+Z #\d+ closed sent \d+ received \d+/m,
    ])
      t.match(text, line)
    t.match(await nsdiag('-d stop'), { code: 1, stderr: 'steerlab: no driver log runs\n' })
  }),
)

void t.test('save logs', { timeout: 120_000 }, (t) =>
  withLab(t, async ({ cli, home, shell }) => {
    const bare = join(home, 'stagent', 'logs', 'bundle.zip')
    t.match(await cli(['nsdiag', '-o', 'bundle.zip']), { code: 0, stdout: `${bare}\n`, stderr: '' })
    t.match(await cli(['logs', 'report', bare]), { code: 0 })
    const given = join(home, 'given.zip')
    t.match(await cli(['nsdiag', '-o', given]), { code: 0, stdout: `${given}\n` }, 'a path is taken as it is')
    const details = await shell(
      `python3 -c "import zipfile;print(zipfile.ZipFile('${given}').read('nsdiag-f.txt').decode())"`,
    )
    t.match(details.stdout, /^Orgname:: Lab\.\nTenant URL :: lab\.goskope\.com\.$/m)
    const own = join(home, 'stagent', 'logs', 'nslogs.zip')
    t.match(await cli(['nsclient', 'save-logs']), { code: 0, stdout: `${own}\n` })
    const nowhere = await cli(['nsdiag', '-o', join(home, 'none', 'x.zip')])
    t.match(nowhere, { code: 2, stdout: '', stderr: /^steerlab: .*none\/x\.zip.*\n$/ })
  }),
)

void t.test('logs are saved without an agent, too', (t) =>
  withHome(t, async ({ cli, home, shell }) => {
    t.match(await cli(['nsdiag', '-o', 'x.zip']), { code: 2, stdout: '' }, 'there is no log directory')
    const given = join(home, 'x.zip')
    const saved = await cli(['nsdiag', '-o', given])
    t.match(saved, {
      code: 1,
      stdout: `${given}\n`,
      stderr: /^steerlab: no agent is running for the home .*its files, and not its state\n$/,
    })
    t.match(await shell(`python3 -m zipfile -t ${given}`), { code: 0 })
  }),
)
