import t from 'tap'
import { requestTo } from '../../../scripts/commands/policy-request.js'

for (const [url, scheme, host, path] of [
  ['https://box.com/a/b?c=d', 'https', 'box.com', '/a/b'],
  ['HTTP://BOX.com:8080', 'http', 'box.com', '/'],
  ['box.com/x', 'https', 'box.com', '/x'],
  ['box.com:8443?x=/y', 'https', 'box.com', '/'],
  ['https://box.com/x/%2e%2e/../admin#f', 'https', 'box.com', '/x/%2e%2e/../admin'],
  ['https://box.com//admin', 'https', 'box.com', '//admin'],
  ['https://box.com\\admin', 'https', 'box.com', '/\\admin'],
  ['https://bücher.example/größe', 'https', 'xn--bcher-kva.example', '/größe'],
  ['https://10.0.0.1/', 'https', '10.0.0.1', '/'],
  ['http://[2001:DB8::1]:80/x', 'http', '2001:db8::1', '/x'],
] as const) {
  void t.test(`${url} is ${scheme}, ${host}, ${path}`, (t) => {
    t.match(requestTo(url, {}), { scheme, facts: { host, path } })
    t.end()
  })
}

for (const url of [
  '',
  '/x',
  'ftp://box.com/',
  'https://',
  'https:///x',
  'https://a b/',
  'http://[::g]/',
  'box.com:x/',
]) {
  void t.test(`${JSON.stringify(url)} is no URL`, (t) => {
    t.throws(() => requestTo(url, {}), { code: 'bad-url', exitCode: 2 })
    t.end()
  })
}

void t.test('what is said beside the URL, and what stands for it', (t) => {
  const unsaid = { user: '', process: 'unknown', method: 'GET', contentType: '', bytes: undefined }
  t.match(requestTo('box.com', {}), { direction: 'upload', facts: unsaid })
  const words = { user: 'a@b', process: 'curl', method: 'post', contentType: 'Video/MP4; x=y', bytes: '12' }
  t.match(requestTo('box.com', { ...words, direction: 'download' }), {
    direction: 'download',
    facts: { ...words, method: 'POST', contentType: 'video/mp4', bytes: 12 },
  })
  t.end()
})

for (const bytes of ['3k', '-1', '1.5', '', '9'.repeat(16)]) {
  void t.test(`--bytes ${JSON.stringify(bytes)} is no size`, (t) => {
    t.throws(() => requestTo('box.com', { bytes }), { code: 'bad-option', exitCode: 2 })
    t.end()
  })
}
