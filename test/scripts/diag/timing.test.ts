/** Timings as curl means them. */

import t from 'tap'
import { type RequestMoments, timingOf, timingText } from '../../../scripts/diag/timing.js'

const at = (started: number, secured?: number): RequestMoments => ({
  started,
  lookedUp: started + 10,
  connected: started + 30,
  secured: secured === undefined ? undefined : started + secured,
  ready: started + 60,
  answered: started + 100,
  ended: started + 150,
})

void t.test('one request: each moment from its start', async (t) => {
  t.strictSame(timingOf([at(1000, 55)], 3000), {
    nameLookup: 0.01,
    connect: 0.03,
    appConnect: 0.055,
    pretransfer: 0.06,
    starttransfer: 0.1,
    total: 0.15,
    redirect: 0,
    downloadSpeed: 20_000,
  })
  t.equal(timingOf([at(1000)], 0).appConnect, 0, 'without TLS')
})

void t.test('redirects: the times of all requests together, as curl adds them', async (t) => {
  t.strictSame(timingOf([at(0), at(200, 50), at(400, 40)], 550), {
    nameLookup: 0.03,
    connect: 0.09,
    appConnect: 0.09,
    pretransfer: 0.18,
    starttransfer: 0.3,
    total: 0.55,
    redirect: 0.4,
    downloadSpeed: 1000,
  })
})

void t.test('the documented words', async (t) => {
  const timing = {
    nameLookup: 0.1,
    connect: 0.2,
    appConnect: 0,
    pretransfer: 0.000001,
    starttransfer: 1,
    total: 12.5,
    redirect: 0,
    downloadSpeed: 19669,
  }
  t.equal(
    timingText(timing),
    `NameLookupTime: 0.1
ConnectTime: 0.2
AppConnectTime: 0
PretransferTime: 0.000001
StarttransferTime: 1
TotalTime: 12.5
RedirectTime: 0
DownloadSpeed: 19669 bytes/sec
`,
  )
})
