/** The checker as curl sees it, well and faulty. */

import t from 'tap'
import type { ServiceFault } from '../../../gateway/faults/fault.js'
import { FaultBoard } from '../../../gateway/faults/fault-board.js'
import { startCheckerServer } from '../../../gateway/services/checker-server.js'
import { curl } from '../../support/curl.js'

const CHECKER = { service: 'checker' } as const
const CODE = 'netSkope@netSkope'

void t.test('every host and path says the code, but for the faults', async (t) => {
  const board = new FaultBoard({ now: Date.now })
  const log = () => {}
  const host = '127.0.0.1'
  const checker = await startCheckerServer({ host, port: 0, responseCode: CODE, fault: board.source(CHECKER), log })
  t.teardown(() => checker.close())
  const ask = async (url: string, ...args: string[]) => {
    const heard = ['--connect-to', `::${host}:${checker.port}`, '-w', '|%{http_code}|%{redirect_url}', '-D', '-']
    const { stdout } = await curl(...heard, ...args, url)
    const [head = '', rest = ''] = stdout.replaceAll('\r', '').split('\n\n')
    return { head, rest }
  }
  const wellAt = async (url: string, ...args: string[]) => {
    const { head, rest } = await ask(url, ...args)
    t.equal(rest, `${CODE}|200|`, `${args} ${url}`)
    t.match(head, /^content-type: text\/plain$/m)
  }
  await wellAt('http://achecker-acme.goskope.com/')
  await wellAt('http://sfchecker.goskope.com/generate_204?x=1')
  await wellAt('http://captive.example/hotspot-detect.html', '-X', 'POST', '--data', 'x')

  const faults: ReadonlyArray<readonly [fault: ServiceFault, heard: string]> = [
    [{ kind: 'empty' }, '|204|'],
    [{ kind: 'portal' }, '|302|http://portal.invalid/login'],
    [{ kind: 'wrong-tenant' }, 'another@tenant|200|'],
  ]
  for (const [fault, wanted] of faults) {
    board.set(CHECKER, fault)
    const { head, rest } = await ask('http://sfchecker.goskope.com/')
    t.equal(rest, wanted, fault.kind)
    t.equal(/^content-length/m.test(head), fault.kind !== 'empty', 'a 204 has no length')
  }
  board.clear()
  await wellAt('http://sfchecker.goskope.com/')
})
