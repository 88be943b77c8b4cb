import { runInNewContext } from 'node:vm'
import t from 'tap'
import { type PacOptions, pacText } from '../../../agent/capture/pac.js'

const OPTIONS: PacOptions = {
  http: { ip: '127.0.0.1', port: 3128 },
  socks: { ip: '127.0.0.1', port: 1080 },
  bypass: ['zoom.us', '*.Zoom.us'],
}
const PROXIES = 'PROXY 127.0.0.1:3128; SOCKS5 127.0.0.1:1080'

/** What a browser would do with the file: the two functions it uses, as Netscape described them. */
function browserAsks(options: PacOptions, host: string): string {
  const browser = {
    isPlainHostName: (name: string) => !name.includes('.'),
    shExpMatch: (text: string, pattern: string) =>
      new RegExp(
        `^${pattern
          .replace(/[.+^${}()|[\]\\]/g, '\\$&')
          .replaceAll('*', '.*')
          .replaceAll('?', '.')}$`,
      ).test(text),
    host,
  }
  return String(runInNewContext(`${pacText(options)}; FindProxyForURL('http://' + host + '/', host)`, browser))
}

void t.test('what goes where', async (t) => {
  const cases: readonly [host: string, answer: string][] = [
    ['box.com', PROXIES],
    ['BOX.com', PROXIES],
    ['74.112.186.144', PROXIES],
    ['2001:db8::1', PROXIES],
    ['[2001:db8::1]', PROXIES],
    ['128.0.0.1', PROXIES],
    ['127.0.0.1.evil.example', PROXIES],
    ['notzoom.us', PROXIES],
    ['intranet', 'DIRECT'],
    ['localhost', 'DIRECT'],
    ['LOCALHOST', 'DIRECT'],
    ['127.0.0.1', 'DIRECT'],
    ['127.9.8.7', 'DIRECT'],
    ['::1', 'DIRECT'],
    ['[::1]', 'DIRECT'],
    ['zoom.us', 'DIRECT'],
    ['us04web.zoom.us', 'DIRECT'],
  ]
  for (const [host, answer] of cases) t.equal(browserAsks(OPTIONS, host), answer, host)
})

void t.test('the proxies are written as given', async (t) => {
  const { socks: _, ...httpOnly } = OPTIONS
  t.equal(browserAsks(httpOnly, 'box.com'), 'PROXY 127.0.0.1:3128', 'no SOCKS door')
  t.equal(browserAsks({ ...httpOnly, http: { ip: '::1', port: 1 } }, 'box.com'), 'PROXY [::1]:1', 'an IPv6 address')
})

void t.test('a bypass entry cannot break out of its string', async (t) => {
  const bypass = ['\'"]; throw 1; //', '</script>', 'a\nb']
  t.equal(browserAsks({ ...OPTIONS, bypass }, 'box.com'), PROXIES)
})
