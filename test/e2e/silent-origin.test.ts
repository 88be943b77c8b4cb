/** An origin that never answers, here behind an upstream proxy that accepts and says nothing: a program is told in time. */

import { createServer } from 'node:net'
import t from 'tap'
import { curl } from '../support/curl.js'
import { listening } from '../support/loopback.js'
import { lacking } from '../support/needs.js'
import { withLab } from '../support/steerlab.js'

/** Documentation addresses: the first is steered, the second excepted. */
const STEERED = '203.0.113.9'
const EXCEPTED = '198.51.100.7'

/** The product gives an origin 8 s (scripts/process/limits.ts); the rest is for a machine that is overloaded. */
const NOT_BEFORE_MS = 7500
const NOT_AFTER_MS = 15_000

const files = { 'nsexception.json': { names: [], ips: [{ type: 'ip', value: EXCEPTED }] } }

void t.test('a silent origin', { skip: lacking('capture', 'curl') }, async (t) => {
  const silent = await listening(createServer())
  const flags = ['--upstream-socks', `socks5://127.0.0.1:${silent.port}`]
  await withLab(
    t,
    async (lab) => {
      const { proxy } = await lab.status()
      const started = performance.now()
      const took = async (what: string, ended: Promise<{ stdout: string; code: number }>, expected: object) => {
        const { stdout, code } = await ended
        const ms = Math.round(performance.now() - started)
        t.match({ stdout, code }, expected, what)
        t.ok(ms > NOT_BEFORE_MS && ms < NOT_AFTER_MS, `${what}: after ${ms} ms`)
      }
      const captured = (ip: string) => lab.run(['curl', '-sS', '--max-time', '20', `http://${ip}/`])
      const proxied = (ip: string) =>
        curl('-x', proxy.http, '-w', '%{http_code}', '--max-time', '20', `http://${ip}/`).then(
          ({ stdout, exitCode }) => ({ stdout, code: exitCode }),
        )
      await Promise.all([
        took('captured and steered', captured(STEERED), { code: 56 }),
        took('captured and bypassed', captured(EXCEPTED), { code: 56 }),
        took('proxied and steered', proxied(STEERED), { code: 0, stdout: /^steerlab: .*\n504$/ }),
        took('proxied and bypassed', proxied(EXCEPTED), { code: 0, stdout: /^steerlab: .*\n504$/ }),
      ])
      t.match(await lab.status(), { flows: { tunneled: 2, bypassed: 2 }, tunnel: { state: 'connected', flows: 0 } })
    },
    { flags, files },
  )
  await silent.close()
})
