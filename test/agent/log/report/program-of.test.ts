import t from 'tap'
import { recognise } from '../../../../agent/log/recognise.js'
import { programOf } from '../../../../agent/log/report/program-of.js'

void t.test('the program of a message', async (t) => {
  const cases: [message: string, program: string][] = [
    ['Dropping connection from process: chrome.exe, host: a', 'chrome.exe'],
    ['Found process: google chrome helper to be bypassed for managed devices', 'google chrome helper'],
    ['Dropping connection from process: , host: a', ''],
    ['Tunnel Up', ''],
    ['IP 192.0.2.1 is found in IP address range Exception List', ''],
  ]
  for (const [message, program] of cases) {
    const recognised = recognise(message)
    t.equal(recognised && programOf(recognised), program, message)
  }
})
