import t from 'tap'
import { withoutUpgrade } from '../../../../agent/outbound/http-forward/without-upgrade.js'

void t.test('the head of a request without its offer', async (t) => {
  const rawHeaders = [
    'Host',
    'a',
    'UPGRADE',
    'h2c',
    'Connection',
    'Upgrade, HTTP2-Settings',
    'HTTP2-Settings',
    'AAM',
    'X',
    'upgrade',
  ]
  const head = withoutUpgrade({ method: 'POST', url: '//a?b', httpVersion: '1.1', rawHeaders })
  t.equal(head, 'POST //a?b HTTP/1.1\r\nHost: a\r\nX: upgrade\r\n\r\n')
})
