/** `steerlab check` as its user has it: verdicts of real programs in the lab, exit codes, and that nothing is left. */

import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { lacking } from '../support/needs.js'
import { type TestHome, withHome } from '../support/steerlab.js'
import { waitUntil } from '../support/wait-until.js'

const skip = lacking('capture', 'curl')
const PAGE = 'https://box.com/whoami'

/** Checks make their homes in here. */
function temporary({ home }: TestHome): string {
  const directory = join(home, 'tmp')
  mkdirSync(directory, { recursive: true })
  return directory
}

function check(home: TestHome, flags: readonly string[], ...command: readonly string[]) {
  return home.cli(['check', '--lab', ...flags, '--', ...command], { env: { TMPDIR: temporary(home) } })
}

void t.test('curl reads the system store, and a variable; the table shows how', { skip }, (t) =>
  withHome(t, async (home) => {
    const { code, stdout, stderr } = await check(home, ['--expect', 'env'], 'curl', '-sS', PAGE)
    t.match({ code, stderr }, { code: 0, stderr: '' })
    t.match(stdout, /^RUN +EXIT +TIME +HOSTS +TLS AT GATEWAY\n/)
    t.match(stdout, /^plain +0 +\S+ s +box\.com +-$/m)
    t.match(stdout, /^none +60 +\S+ s +box\.com +box\.com unknown_ca$/m)
    for (const run of ['env', 'store']) t.match(stdout, new RegExp(`^${run} +0 +\\S+ s +box\\.com +1 decrypted$`, 'm'))
    t.match(stdout, /^bypassed +0 +\S+ s +box\.com +-$/m)
    t.match(stdout, /^none:\n {2}\| curl: \(60\)/m, 'what it said where it failed')
    t.match(stdout, /^reads-system-store: curl works.*The environment does it too: CURL_CA_BUNDLE\.$/m)
    t.strictSame(readdirSync(temporary(home)), [], 'the home of the check is gone')
    t.strictSame(readdirSync(home.home), ['tmp'], "and the user's was not made")
  }),
)

void t.test('a program without network, and one that fails by itself', { skip }, (t) =>
  withHome(t, async (home) => {
    const [idle, failing] = await Promise.all([
      check(home, ['--json'], 'true'),
      check(home, ['--json'], 'sh', '-c', 'echo no; exit 3'),
    ])
    t.equal(idle.code, 0)
    t.match(JSON.parse(idle.stdout), { verdict: 'no-network', runs: Array(5).fill({ outcome: 'works', hosts: [] }) })
    t.equal(failing.code, 1, 'nothing was concluded')
    const { verdict, runs } = JSON.parse(failing.stdout)
    t.match({ verdict, runs }, { verdict: 'breaks-anyway', runs: [{ name: 'plain', exit: 3, output: 'no\n' }] })
    t.equal(runs.length, 1, 'and no further run was made')
  }),
)

void t.test('Ctrl-C ends the run under way, and all of it', { skip }, (t) =>
  withHome(t, async (home) => {
    const ready = join(temporary(home), 'ready')
    const command = ['sh', '-c', 'echo > "$0"; sleep 50', ready]
    const running = home.start(['check', '--lab', '--', ...command], { env: { TMPDIR: temporary(home) } })
    await waitUntil(() => readdirSync(temporary(home)).includes('ready'), 20_000)
    running.child.kill('SIGINT')
    t.match(await running.ended, { code: 130, stdout: '', stderr: '' })
    t.strictSame(readdirSync(temporary(home)), ['ready'])
  }),
)

void t.test('mistakes are told before anything is started', async (t) =>
  withHome(t, async (home) => {
    t.match(await home.cli(['check']), { code: 2, stderr: /check needs a program/ })
    t.match(await home.cli(['check', '--', 'no-such-program']), { code: 2, stderr: /no program no-such-program/ })
    t.match(await home.cli(['check', '--', './no-such-program']), { code: 2, stderr: /no program/ })
    t.match(await home.cli(['check', '--expect', 'luck', '--', 'true']), { code: 2, stderr: /Choices/ })
  }),
)
