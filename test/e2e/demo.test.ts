/** `npm run demo` on machines of three kinds: as root, as an ordinary user, and where nothing can be captured. */

import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { BROWSERS } from '../../scripts/process/browser.js'
import { lacking, pathOf, SEARCH_PATH } from '../support/needs.js'
import { type Ended, environment, startProgram, type TestHome, withHome } from '../support/steerlab.js'

const DEMO = fileURLToPath(new URL('../../scripts/demo/demo.js', import.meta.url))

const NOBODY = 65_534

/** Sets the limits of namespaces inside a user namespace of its own to none, then runs the rest there. */
const WITHOUT_NAMESPACES = [
  'unshare',
  '--user',
  '--map-root-user',
  'sh',
  '-c',
  'echo 0 >/proc/sys/user/max_user_namespaces && echo 0 >/proc/sys/user/max_net_namespaces && exec "$@"',
  'sh',
]

const POP_STEPS = [
  '1. The GSLB service names the POPs near this client',
  '2. Their round trips are measured',
  '3. One is chosen',
  '4. The tunnel goes there',
]

const EIGHT_STEPS = [
  '1. The program asks DNS for box.com',
  '2. It gets the answer, and the agent learns domain to IP',
  '3. The program sends a TCP SYN',
  '4. The agent captures the SYN and decides',
  '5. The flow goes through the TLS tunnel to the gateway',
  '6. The gateway gets the SYN+ACK of the origin',
  '7. The agent receives the packets through the tunnel',
  '8. The program shows the outcome',
]

const BROWSER_HERE = BROWSERS.some((name) => pathOf(name) !== undefined)

function demo({ home }: TestHome, before: readonly string[] = [], path = SEARCH_PATH): Promise<Ended> {
  const env = { ...environment(home), HOME: home, PATH: path }
  return startProgram([...before, process.execPath, DEMO, '--home', home], { env }).ended
}

/** What every run of the demo shows; `how` is the sentence of its fourth step. */
async function tellsAll(
  t: Test,
  home: TestHome,
  { code, stdout, stderr }: Ended,
  how: RegExp,
  { program = 'curl', hasBrowser = BROWSER_HERE } = {},
): Promise<void> {
  t.equal(code, 0, stderr)
  t.equal(stderr, '', 'no complaint')
  const steps = stdout.split('\n').filter((line) => /^ \d\. /.test(line))
  t.strictSame(
    steps,
    [...POP_STEPS, ...EIGHT_STEPS].map((step) => ` ${step}`),
    'POP selection and the eight steps in their order',
  )
  t.notMatch(stdout, /undefined|null|NaN|\[object/, 'no piece of evidence is missing')
  t.notMatch(stdout, '\u001b', 'nor escape codes in a pipe')
  t.match(stdout, how)
  t.match(stdout, `process: ${program} to host: box.com, addr: 74.112.186.144:443 to nsProxy`)
  t.match(stdout, /the origin saw 127\.16\.116\.1: the gateway's egress address/)
  t.match(stdout, /zoom\.us is an exception/)
  t.match(stdout, /the origin saw 127\.0\.0\.1: the agent's address/)
  t.match(stdout, /git-remote-http belongs to the pinned app GitHub/)
  tellsOfInspection(t, stdout, program)

  const log = join(home.home, 'stagent', 'logs', 'nsdebuglog.log')
  t.match(stdout, ` log           ${log}\n`)
  t.match(stdout, ` home          ${home.home}\n`)
  const shown = stdout.match(/^ {5}\d{4}\/\d\d\/\d\d .*$/gm) ?? []
  const flows = shown.filter((line) => line.includes('process: '))
  t.equal(flows.length, hasBrowser ? 10 : 6, 'a log line for each flow')
  t.match(stdout, /US-ORD1 answers first \(\d/)
  t.match(shown[0], /\[NSClient\] Pops fetched begin$/)
  t.match(
    shown[shown.length - flows.length - 2],
    /Tunnel established to gateway: gateway-ord1\.goskope\.com, pop: US-ORD1$/,
  )
  t.match(shown.at(-1), /disconnecting nsTunnel, context = NSTUNNEL_DISCONNECTED_BYUSER$/)
  const lines = await home.logLines()
  for (const line of shown) t.ok(lines.includes(line.trim()), `which is in the log: ${line.trim()}`)
  tellsOfBrowser(t, home, stdout, hasBrowser)
}

/** What the gateway saw of each request, and whose certificate the program saw. */
function tellsOfInspection(t: Test, stdout: string, program: string): void {
  const protocol = program === 'curl' ? 'h2' : 'http/1.1'
  t.match(stdout, `GET https://box.com/whoami: status 200, decrypted (${protocol} over TLSv1.3)`)
  t.equal(stdout.match(/issued by .*CN=ca\.lab\.goskope\.com.*: the tenant's authority$/gm)?.length, 2)
  t.equal(stdout.match(/issued by .*CN=steerlab lab origins CA.*: the origin's own$/gm)?.length, 3)

  const refused = chapterOf(stdout, 'The same without trust')
  // Node looks at the certificate at the end of its handshake, and just goes.
  const words = program === 'curl' ? 'curl: (60) SSL certificate problem' : 'node: unable to get'
  const alert = program === 'curl' ? 'unknown_ca' : 'closed'
  t.match(refused, words, 'who does not trust says so')
  t.match(refused, `box.com: not decrypted, alert of the client: ${alert}\n     refused: The client `)

  const blocked = chapterOf(stdout, 'Blocked by policy')
  t.match(blocked, `POST https://upload.box.com/echo: status 403, decrypted (${protocol} over TLSv1.3)`)
  t.match(blocked, 'block by rule "No uploads": Rule 1 "No uploads" matches')
  t.match(blocked, /^ {5}This request is blocked\n {5}Files of the company stay in the company\.$/m, 'the page as text')

  t.match(chapterOf(stdout, 'Am I steered? '), /^ {5}You are steered$/m)
  t.match(chapterOf(stdout, 'Am I steered with'), /bypass \(client-disabled\)[\s\S]* {5}You are not steered$/m)
}

function tellsOfBrowser(t: Test, { home }: TestHome, stdout: string, hasBrowser: boolean): void {
  for (const name of ['box.com.png', 'block-page.png', 'notskope.com.png']) {
    const picture = join(home, name)
    t.equal(stdout.includes(` screenshot    ${picture}\n`), hasBrowser)
    t.equal(existsSync(picture), hasBrowser, 'a screenshot, where there is a browser')
    if (hasBrowser) t.equal(readFileSync(picture).toString('latin1', 1, 4), 'PNG')
  }
  if (!hasBrowser) return
  const told = chapterOf(stdout, 'A browser')
  t.equal(told.match(/issued by ca\.lab\.goskope\.com: the tenant's authority$/gm)?.length, 3)
  t.equal(told.match(/issued by steerlab lab origins CA: the origin's own$/gm)?.length, 1)
  t.match(
    told,
    'https://box.com/ is "box.com in the lab"; WebSocket ok: echoed hello; server-sent events ok: received 3',
  )
  t.match(told, 'GET https://chatgpt.com/: status 403, decrypted (h2 over TLSv1.3)')
  t.match(told, 'https://chatgpt.com/ is "This request is blocked"')
  t.match(told, 'https://notskope.com/ is "You are steered"')
}

/** From the heading that begins so to the next. */
function chapterOf(stdout: string, heading: string): string {
  return stdout.split('\n\n').find((chapter) => chapter.startsWith(heading)) ?? ''
}

const CAPTURED = /original destination 74\.112\.186\.144 port 443, seen in the namespace of process \d+/
const PROXIED = /destination 74\.112\.186\.144 port 443, known from the proxy request/

void t.test('the demo, and again in the same home', { skip: lacking('capture', 'curl', 'git') }, (t) =>
  withHome(t, async (home) => {
    await tellsAll(t, home, await demo(home), CAPTURED)
    const policy = join(home.home, 'gateway', 'policy.json')
    const edited = { rules: [...JSON.parse(readFileSync(policy, 'utf8')).rules, { name: 'Mine', action: 'allow' }] }
    writeFileSync(policy, JSON.stringify(edited))
    await tellsAll(t, home, await demo(home), CAPTURED)
    t.strictSame(JSON.parse(readFileSync(policy, 'utf8')), edited, 'a policy that is there is kept')
  }),
)

void t.test('the demo of an ordinary user', { skip: lacking('root', 'capture', 'curl', 'git') }, (t) =>
  withHome(
    t,
    async (home) => {
      const asNobody = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups']
      await tellsAll(t, home, await demo(home, asNobody), CAPTURED)
    },
    NOBODY,
  ),
)

void t.test('the demo where nothing can be captured', { skip: lacking('capture', 'curl', 'git') }, (t) =>
  withHome(t, async (home) => {
    const ended = await demo(home, WITHOUT_NAMESPACES)
    await tellsAll(t, home, ended, PROXIED)
    const said = ended.stdout.split('\n')[1]
    t.match(said, /^Programs cannot be captured here \(.*\), so they go through the explicit proxy http:\S+\.$/)
    t.equal(ended.stdout.match(/cannot be captured/g)?.length, 1, 'said once')
    t.match(ended.stdout, 'it passes over errors of certificates')
  }),
)

/** What the demo cannot do without; `ip` and `nft` are found in the system's directories. */
const BARE_NEEDS = ['git', 'sh', 'unshare', 'nsenter', 'setpriv', 'mount', 'ip', 'nft']

void t.test('the demo with neither curl nor browser', { skip: lacking('capture', ...BARE_NEEDS) }, (t) =>
  withHome(t, async (home) => {
    const programs = join(home.home, 'bin')
    mkdirSync(programs)
    for (const name of BARE_NEEDS) symlinkSync(pathOf(name) ?? '', join(programs, name))
    const ended = await demo(home, [], programs)
    await tellsAll(t, home, ended, CAPTURED, { program: 'node', hasBrowser: false })
    t.match(ended.stdout, 'No Chromium or Chrome is installed, so there is no screenshot')
  }),
)
