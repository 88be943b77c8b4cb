import type Koffi from 'koffi'
import t from 'tap'
import { dtlsUnavailable, loadOpenSsl, openSslFrom } from '../../../../agent/tunnel/dtls/openssl.js'

const module = await import('koffi').catch(() => undefined)
const koffi = module?.default as typeof Koffi
const skip = module === undefined && 'koffi is not installed'

void t.test('where koffi is, node or the system has OpenSSL 3', { skip }, async (t) => {
  t.equal(await dtlsUnavailable(), undefined)
  t.match(await loadOpenSsl(), { version: /^OpenSSL 3\./ })
  t.equal(await loadOpenSsl(), await loadOpenSsl(), 'loaded once')
})

void t.test('the first library that has all of it is taken', { skip }, async (t) => {
  const found = openSslFrom(koffi, ['libnothing.so.1', 'libc.so.6', null])
  t.match(found, { version: /^OpenSSL 3\./ })
  for (const libraries of [[], ['libnothing.so.1'], ['libc.so.6']])
    t.same(openSslFrom(koffi, libraries), {
      unavailable: 'neither this node nor the system has OpenSSL 3 with DTLS',
    })
})

void t.test('another major version is not taken', { skip }, async (t) => {
  const library = { func: () => () => 4, symbol: () => 1n }
  const strange = { load: () => library } as unknown as typeof Koffi
  t.match(openSslFrom(strange, [null]), { unavailable: /OpenSSL 3/ })
})
