/** Trust for a program of an ordinary user: a user namespace inside of the captured one, and no privilege left of either. */

import t from 'tap'
import { lacking } from '../support/needs.js'
import { withHome } from '../support/steerlab.js'
import { trustOf } from '../support/trust-modes.js'

/** `nobody`: a user that owns nothing. */
const NOBODY = 65_534

void t.test('an ordinary user', { skip: lacking('root', 'capture', 'curl', 'openssl') }, (t) =>
  withHome(
    t,
    async (home) => {
      // Held open, so that all runs share its agent.
      const holder = home.start(['run', '--lab', '--', 'cat'], { input: 'open' })
      for (const [mode, expected] of [
        ['none', ['lab']],
        ['env', ['lab', 'tenant']],
        ['store', ['lab', 'tenant']],
      ] as const)
        t.strictSame(
          await trustOf(home, ['--lab', '--trust', mode], ['curl', 'openssl']),
          { curl: expected, openssl: expected },
          mode,
        )
      const { stdout } = await home.run([
        'sh',
        '-c',
        'id -u; id -g; cat /proc/self/status; grep -c trust- /proc/self/mountinfo',
      ])
      t.match(stdout, /^65534\n65534\n/, 'its user and group')
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'])
        t.match(stdout, new RegExp(`^${set}:\\t0{16}$`, 'm'), `no capability: ${set}`)
      for (const undo of [
        ['umount', '/etc/ssl/certs'],
        ['mount', '--bind', '/tmp', '/mnt'],
        ['ip', 'link', 'set', 'lo', 'down'],
      ])
        t.not((await home.run(undo)).code, 0, `no privilege: ${undo.join(' ')}`)
      holder.child.stdin?.end('done')
      t.match(await holder.ended, { code: 0, stdout: 'done', stderr: '' })
    },
    NOBODY,
  ),
)
