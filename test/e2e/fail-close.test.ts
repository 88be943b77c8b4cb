/** What becomes of traffic without a tunnel: disabled by the user, fail-open, fail-close, behind a captive portal; and where the client is. */

import t, { type Test } from 'tap'
import { curl } from '../support/curl.js'
import { clientConfig, edit, flowsOf, popsApart, statusOf, withPops } from '../support/lab-files.js'
import { GOLDEN_LINES } from '../support/log-lines.js'
import { lacking } from '../support/needs.js'
import { type TestLab, withLab } from '../support/steerlab.js'
import { waitUntil } from '../support/wait-until.js'

const EGRESS = '127.16.116.1'
const AGENT = '127.0.0.1'
const skip = lacking('curl')

const POPS = popsApart(2)

/** A tunnel that is gone is missed soon, and back soon. */
const QUICK = { 'steerlab.json': { tunnel: { waitSeconds: 0.3, longestBackoffSeconds: 0.2 } } }

/** What a host's page says: who it came from, or the status of a refusal; and the kind of the flow's verdict. */
async function visit(lab: TestLab, host: string): Promise<string> {
  const { proxy } = await statusOf(lab)
  const { stdout } = await curl('-x', proxy.http, '-w', '\n%{http_code}', `http://${host}/whoami`)
  const verdict = (await flowsOf(lab)).filter(({ facts }) => facts.host === host).at(-1)?.verdict
  const [, from = stdout.split('\n').at(-1)] = /"from":"([^"]*)"/.exec(stdout) ?? []
  return `${from} ${verdict === undefined || verdict.action === 'tunnel' ? 'tunnel' : verdict.kind}`
}

/** What the log says from a line that contains `from` on, without what stands before the component. */
async function saidFrom(lab: TestLab, from: string): Promise<readonly string[]> {
  const lines = (await lab.logLines()).map((line) => line.replace(/^.*\.cpp:\d+ /, ''))
  return lines.slice(lines.findIndex((line) => line.includes(from)))
}

async function allPopsDown(lab: TestLab): Promise<void> {
  await Promise.all(POPS.map(({ name }) => lab.cli(['fault', 'pop', name, 'down'])))
}

async function untilTunnel(lab: TestLab, tunnel: string): Promise<void> {
  await waitUntil(async () => (await statusOf(lab)).endpoint.tunnel === tunnel, 10_000)
}

void t.test('the user disables the client, and enables it', { skip }, (t) =>
  withLab(
    t,
    async (lab) => {
      t.equal(await visit(lab, 'box.com'), `${EGRESS} tunnel`)
      const disabled = await lab.cli(['disable'])
      t.match(disabled, { code: 0, stdout: 'the client is disabled; the tunnel is disconnected\n', stderr: '' })
      t.equal(await visit(lab, 'box.com'), `${AGENT} client-disabled`, 'traffic goes direct')
      const [golden = ''] = GOLDEN_LINES.filter((line) => line.includes('NSTUNNEL_DISCONNECTED_BYUSER'))
      const message = golden.replace(/^.* info /, ' info ').replace('DTLS', 'TLS')
      const [line = ''] = await lab.logLines('NSTUNNEL_DISCONNECTED_BYUSER')
      t.ok(line.endsWith(message), 'the log has the line of the real one')
      t.match((await lab.cli(['status'])).stdout, /^tunnel +disconnected, disabled by the user$/m)
      t.equal((await lab.cli(['disable'])).code, 0, 'it is disabled already')
      t.equal((await lab.cli(['enable'])).code, 0)
      await untilTunnel(lab, 'up')
      t.equal(await visit(lab, 'box.com'), `${EGRESS} tunnel`)
      t.match(await saidFrom(lab, 'disconnecting'), [
        /^nsTunnel TLS disconnecting nsTunnel/,
        'stAgentSvc Client is disabled by user',
        'stAgentSvc Client is enabled by user',
        'gslb [NSClient] Pops fetched begin',
      ])

      await isRefused(
        t,
        lab,
        { allowClientDisabling: 'false' },
        'its users may not (nsconfig.json $.allowClientDisabling)',
      )
      const failClose = { fail_close: 'true' }
      await isRefused(t, lab, { failClose }, 'it fails closed (nsconfig.json $.failClose.fail_close)')
      t.match((await statusOf(lab)).tunnel, { state: 'connected', sessionId: 2 }, 'and nothing has happened')
    },
    { flags: ['--lab', ...withPops(t, { pops: POPS })] },
  ),
)

async function isRefused(t: Test, lab: TestLab, changes: object, why: string): Promise<void> {
  await edit(lab, 'nsconfig.json', clientConfig(changes))
  const stderr = `steerlab: the client cannot be disabled: ${why}\n`
  t.match(await lab.cli(['disable']), { code: 2, stdout: '', stderr })
}

void t.test('no POP is left: fail-open, and from an edit on fail-close', { skip }, (t) =>
  withLab(
    t,
    async (lab) => {
      t.equal(await visit(lab, 'box.com'), `${EGRESS} tunnel`)
      await allPopsDown(lab)
      await untilTunnel(lab, 'down')
      t.equal(await visit(lab, 'box.com'), `${AGENT} fail-open`)
      t.match((await lab.cli(['flows'])).stdout, /box\.com .* fail-open +nsconfig\.json \$\.failClose\.fail_close$/m)
      t.equal((await lab.logLines('Fail close')).length, 0)

      await edit(lab, 'nsconfig.json', clientConfig({ failClose: { fail_close: 'true' } }))
      t.equal(await visit(lab, 'box.com'), '403 fail-close', 'steered traffic is refused')
      t.equal(await visit(lab, 'zoom.us'), `${AGENT} exception-host`, 'exceptions pass')
      await edit(lab, 'steerlab.json', { ...QUICK['steerlab.json'], endpoint: { location: 'on-prem' } })
      t.equal(await visit(lab, 'zoom.us'), '403 fail-close', 'but on premises')
      t.match((await lab.cli(['status'])).stdout, /^endpoint +on-prem \(steerlab.json says so\); the tunnel is down/m)

      await lab.cli(['fault', 'clear'])
      await untilTunnel(lab, 'up')
      t.equal(await visit(lab, 'box.com'), `${EGRESS} tunnel`, 'it recovers by itself')
      const told = (await lab.logLines('Fail close')).map((line) => line.replace(/^.* CTunnelMgr /, ''))
      t.strictSame(told, ['Fail close is active', 'Fail close is inactive'])
    },
    { flags: ['--lab', ...withPops(t, { pops: POPS })], files: QUICK },
  ),
)

void t.test('a captive portal opens a window in fail-close', { skip }, (t) =>
  withLab(
    t,
    async (lab) => {
      await lab.cli(['fault', 'checker', 'portal'])
      await allPopsDown(lab)
      await untilTunnel(lab, 'portal')
      t.equal(await visit(lab, 'box.com'), `${AGENT} captive-portal`, 'the user may sign in')
      await lab.cli(['fault', 'clear', 'checker'])
      await untilTunnel(lab, 'down')
      t.equal(await visit(lab, 'box.com'), '403 fail-close', 'the portal is gone, and so is the window')
      const checker = 'checker host: achecker-lab.goskope.com, response code'
      const told = (await lab.logLines('CTunnelMgr ')).map((line) => line.replace(/^.*\.cpp:\d+ /, ''))
      t.strictSame(told.slice(told.lastIndexOf('CTunnelMgr Fail close is active')), [
        'CTunnelMgr Fail close is active',
        `CTunnelMgr Captive portal detected, ${checker}: 302`,
        'CTunnelMgr Captive portal window is open',
        `CTunnelMgr Captive portal is left, ${checker}: 200`,
        'CTunnelMgr Captive portal window is closed',
      ])
    },
    {
      flags: ['--lab', ...withPops(t, { pops: POPS })],
      files: {
        ...QUICK,
        'nsconfig.json': clientConfig({ failClose: { fail_close: 'true', captive_portal_timeout: '1' } }),
      },
    },
  ),
)

void t.test('where the client is', { skip }, (t) =>
  withLab(t, async (lab) => {
    const cases: readonly (readonly [check: object, location: string, why: RegExp])[] = [
      [
        { onprem_use_dns: 'true', onprem_host: 'v4only.lab.example', onprem_ip: '203.0.113.4' },
        'on-prem',
        /^v4only\.lab\.example has the address 203\.0\.113\.4$/,
      ],
      [
        { onprem_use_dns: 'true', onprem_host: 'v4only.lab.example', onprem_ip: '203.0.113.9' },
        'off-prem',
        /^v4only\.lab\.example has the address 203\.0\.113\.4, which is not one of the configured$/,
      ],
      [{ onprem_http_host: 'box.com' }, 'on-prem', /^http:\/\/box\.com\/ answered 200$/],
      [
        { onprem_http_host: 'refused.lab.example' },
        'off-prem',
        /^No host answered 200: http:\/\/refused\.lab\.example\/ did/,
      ],
    ]
    for (const [onpremcheck, location, why] of cases) {
      await edit(lab, 'nsconfig.json', clientConfig({ onpremcheck }))
      await waitUntil(async () => why.test((await statusOf(lab)).endpoint.why))
      t.equal((await statusOf(lab)).endpoint.location, location, JSON.stringify(onpremcheck))
    }
    const told = (await lab.logLines('Client location is')).map((line) => /is (\S+)/.exec(line)?.[1])
    t.strictSame(told, ['remote', 'on-prem', 'remote', 'on-prem', 'remote'], 'the log follows')
  }),
)
