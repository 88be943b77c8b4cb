import fc from 'fast-check'
import t from 'tap'
import { normalizePath } from '../../../../gateway/inspect/policy/path-reading.js'

for (const [path, read] of [
  ['/', '/'],
  ['', '/'],
  ['/admin', '/admin'],
  ['/admin/', '/admin/'],
  ['/x/../admin', '/admin'],
  ['/x/%2e%2e/admin', '/admin'],
  ['/x/%2E./admin', '/admin'],
  ['/x%2f..%2fadmin', '/admin'],
  ['/x\\..\\admin', '/admin'],
  ['/x%5c..%5Cadmin', '/admin'],
  ['/./admin', '/admin'],
  ['//admin', '/admin'],
  ['/%61dmin', '/admin'],
  ['/../../admin', '/admin'],
  ['/a/b/..', '/a/'],
  ['/a/.', '/a/'],
  ['/a/..', '/'],
  ['/...', '/...'],
  ['/gr%C3%B6%c3%9fe', '/größe'],
  ['/%ff%fe', '/\ufffd\ufffd'],
  ['/100%', '/100%'],
  ['/%zz%4', '/%zz%4'],
  // Once: what an origin decodes twice is its own fault.
  ['/%252e%252e/admin', '/%2e%2e/admin'],
] as const) {
  void t.test(`${JSON.stringify(path)} may be read as ${JSON.stringify(read)}`, (t) => {
    t.equal(normalizePath(path), read)
    t.end()
  })
}

void t.test('whatever is sent, there is one reading without dot segments', (t) => {
  const pieces = fc.array(fc.constantFrom('/', '.', '..', '\\', '%2e', '%2F', '%5c', '%', 'a', '%c3', 'é'), {
    maxLength: 20,
  })
  fc.assert(
    fc.property(
      fc.oneof(
        pieces.map((parts) => parts.join('')),
        fc.string({ unit: 'binary' }),
      ),
      (path) => {
        const read = normalizePath(path)
        return read.startsWith('/') && !/\/\/|\\|\/\.{1,2}(\/|$)/.test(read)
      },
    ),
    { numRuns: 2000 },
  )
  t.end()
})

void t.test('a hostile path costs no more than its length', (t) => {
  const before = performance.now()
  for (const piece of ['/..', '/a', '%2e', '%', '\\', '/a/..'])
    t.ok(normalizePath(piece.repeat(300_000)).startsWith('/'))
  t.ok(performance.now() - before < 2000, `${performance.now() - before} ms`)
  t.end()
})
