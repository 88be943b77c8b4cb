/** notskope.com, asked past every gateway. */

import t from 'tap'
import { testOrigins } from '../../../support/lab-origins.js'
import { lacking } from '../../../support/needs.js'

const origins = await testOrigins()
t.teardown(() => origins.close())

void t.test('the host itself says that nobody steers, and who asks', { skip: lacking('curl') }, async (t) => {
  const json = ['-H', 'Accept: application/json', '--interface', '127.0.0.7']
  for (const url of ['https://notskope.com/', 'http://notskope.com/?x=1']) {
    const { stdout, stderr } = await origins.curl(...json, url)
    t.match(JSON.parse(stdout || '{}'), { steered: false, sourceIp: '127.0.0.7' }, `${url} ${stderr}`)
  }
  t.match((await origins.curl('-H', 'Accept: text/html', 'https://notskope.com/')).stdout, /<h1>You are not steered/)
  for (const version of ['--http1.1', '--http2'])
    t.match(
      (await origins.curl(version, '-I', 'https://notskope.com/')).stdout,
      /^HTTP\/\S+ 200[\s\S]*cache-control: no-store/i,
    )
})

void t.test('its other pages, and other hosts, are as usual', { skip: lacking('curl') }, async (t) => {
  t.match((await origins.curl('https://notskope.com/whoami')).stdout, /"host":"notskope\.com"/)
  t.notMatch((await origins.curl('https://box.com/')).stdout, /steered/)
})
