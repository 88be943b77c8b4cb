/** A real Chromium, captured: a page with all it loads, over IPv6 and IPv4, a long download, and `steerlab browse`. */

import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { findBrowser } from '../../scripts/process/browser.js'
import { lacking, SEARCH_PATH } from '../support/needs.js'
import { withHome, withLab } from '../support/steerlab.js'

const DRIVER = fileURLToPath(new URL('../support/browser-driver.js', import.meta.url))
const skip = lacking('capture') || noBrowser()

interface Seen {
  readonly page: Record<string, string>
  readonly online: boolean
  readonly bytes: number
  readonly ipv4: Record<string, string>
}

void t.test('a captured browser', { skip }, (t) =>
  withLab(t, async (lab) => {
    const profile = join(lab.home, 'profile')
    const command = [process.execPath, DRIVER, findBrowser(SEARCH_PATH), profile]
    const { code, stdout, stderr } = await lab.run(command, { env: { HOME: lab.home } })
    t.equal(code, 0, code === 0 ? 'it ends in order' : stderr)
    const seen = JSON.parse(stdout) as Seen

    for (const [way, page] of [
      ['as it likes', seen.page],
      ['over IPv4', seen.ipv4],
    ] as const) {
      t.match(page['whoami'], /^ok: .*"host":"box\.com".*"from":"127\.16\.116\.1"/, `${way} the page is steered`)
      t.equal(page['ws'], 'ok: echoed hello', `${way} its WebSocket works`)
      t.equal(page['sse'], 'ok: received 3 events', `${way} its server-sent events arrive`)
    }
    t.equal(seen.online, true, 'it thinks it is online')
    t.equal(seen.bytes, 1_073_741_824, '1 GiB is read in the page')

    const flows = (await lab.flows()).filter(({ facts }) => facts.host === 'box.com')
    t.same([...new Set(flows.map(({ facts }) => facts.process))], ['chromium'], "the flows are the browser's own")
    const addresses = new Set(flows.map(({ facts }) => facts.destination.ip))
    t.same(addresses, new Set(['2620:117:bff0:13::90', '74.112.186.144']), 'one visit each way')
    const lines = await lab.logLines('process: chromium to host: box.com', 'to nsProxy')
    t.equal(lines.length, flows.length, 'one log line each')
    t.same(await lab.logLines('process: unknown'), [], 'and no flow of nobody')
  }),
)

void t.test('steerlab browse makes a picture with a profile that is gone afterwards', { skip }, (t) =>
  withHome(t, async (home) => {
    const picture = join(home.home, 'box.png')
    const cwd = join(home.home, 'work')
    mkdirSync(cwd)
    const options = ['--headless=new', '--virtual-time-budget=4000', '--window-size=800,600', `--screenshot=${picture}`]
    const browse = ['browse', '--lab', 'https://box.com/', '--', ...options]
    const { code, stderr } = await home.cli(browse, { cwd, env: { HOME: home.home } })
    t.equal(code, 0, code === 0 ? 'it ends in order' : stderr)
    const png = readFileSync(picture)
    t.equal(png.subarray(1, 4).toString(), 'PNG')
    t.same([png.readUInt32BE(16), png.readUInt32BE(20)], [800, 600], 'of the size asked for')
    t.ok((await home.logLines('process: chromium to host: box.com')).length > 0, 'steered')
    t.same(readdirSync(cwd), [], 'nothing is written where it was called')
  }),
)

void t.test('steerlab browse without a browser says what to install', { skip: lacking('capture') }, (t) =>
  withHome(t, async (home) => {
    const { code, stderr } = await home.cli(['browse', '--lab'], { env: { PATH: home.home } })
    t.match({ code, stderr }, { code: 1, stderr: /^steerlab: no Chromium or Chrome was found; .*\n$/ })
  }),
)

function noBrowser(): string | false {
  try {
    findBrowser(SEARCH_PATH)
    return false
  } catch (error) {
    return (error as Error).message
  }
}
