import fc from 'fast-check'
import t from 'tap'
import { compilePolicy } from '../../../../gateway/inspect/policy/compile-policy.js'
import { OPEN_POLICY, type PolicyFacts } from '../../../../gateway/inspect/policy/policy.js'
import { gatewayPolicy, policyFacts } from '../../../support/gateway-policy.js'

void t.test('the first rule that matches decides, and says why', (t) => {
  const policy = gatewayPolicy(
    { name: 'Other user', action: 'block', users: ['bob@acme.com'] },
    { name: 'No uploads', action: 'block', hosts: ['*.box.com'], methods: ['POST', 'PUT'], message: 'Use the share.' },
    { name: 'Box', action: 'alert', hosts: ['*.box.com'] },
    { name: 'Rest', action: 'block' },
  )
  t.strictSame(policy.decide('upload', policyFacts({ method: 'POST' })), {
    action: 'block',
    rule: 'No uploads',
    reason: 'Rule 2 "No uploads" matches: host upload.box.com is covered by *.box.com, method POST.',
    message: 'Use the share.',
  })
  t.strictSame(policy.decide('upload', policyFacts()), {
    action: 'alert',
    rule: 'Box',
    reason: 'Rule 3 "Box" matches: host upload.box.com is covered by *.box.com.',
  })
  t.strictSame(policy.decide('upload', policyFacts({ host: 'slack.com' })), {
    action: 'block',
    rule: 'Rest',
    reason: 'Rule 4 "Rest" matches everything.',
  })
  t.end()
})

void t.test('without a rule that matches everything is allowed', (t) => {
  const policy = gatewayPolicy({ name: 'a', action: 'block', hosts: ['slack.com'] })
  const open = { action: 'allow', rule: '', reason: 'No rule of the policy matches.' }
  t.strictSame(policy.decide('upload', policyFacts()), open)
  t.strictSame(compilePolicy({ rules: [] }).decide('download', policyFacts()), open)
  t.strictSame(compilePolicy({ rules: [] }).limitsBytes, OPEN_POLICY.limitsBytes)
  t.end()
})

void t.test('a rule is for requests, unless it says that it is for answers', (t) => {
  const policy = gatewayPolicy(
    { name: 'answers', action: 'block', direction: 'download', contentTypes: ['video/*'] },
    { name: 'requests', action: 'alert', contentTypes: ['video/*'] },
  )
  const facts = policyFacts({ contentType: 'video/mp4' })
  t.equal(policy.decide('download', facts).rule, 'answers')
  t.equal(policy.decide('upload', facts).rule, 'requests')
  t.end()
})

void t.test('sizes at which a growing body is judged again', (t) => {
  const policy = gatewayPolicy(
    { name: 'a', action: 'block', minBytes: 1000 },
    { name: 'b', action: 'alert', minBytes: 10, maxBytes: 99 },
    { name: 'c', action: 'alert', maxBytes: 9, hosts: ['x.example'] },
    { name: 'd', action: 'block', direction: 'download', minBytes: 5 },
    { name: 'e', action: 'block', hosts: ['y.example'] },
  )
  t.strictSame(policy.limitsBytes, { upload: [10, 100, 1000], download: [5] })
  // Judged at these sizes alone, a body is judged as if every byte had been asked about.
  let last = policy.decide('upload', policyFacts({ bytes: policy.limitsBytes.upload[0]! - 1 })).rule
  for (let bytes = 10; bytes <= 1200; bytes++) {
    const { rule } = policy.decide('upload', policyFacts({ bytes }))
    if (policy.limitsBytes.upload.includes(bytes)) last = rule
    t.equal(rule, last, `${bytes}`)
  }
  t.equal(policy.decide('upload', policyFacts({ bytes: undefined })).rule, '', 'an unknown size is none')
  t.end()
})

const BLOCKS = [{ name: 'admin', action: 'block', paths: ['/admin'] }]
const ALLOWS = [
  { name: 'public', action: 'allow', paths: ['/public/'] },
  { name: 'rest', action: 'block' },
]
const ALERTS = [
  { name: 'public', action: 'alert', paths: ['/public/'] },
  { name: 'rest', action: 'block', paths: ['/*'] },
]

for (const [rules, path, rule, why] of [
  [BLOCKS, '/admin/x', 'admin', 'plainly'],
  [BLOCKS, '/x/%2e%2e/admin', 'admin', 'encoded dots'],
  [BLOCKS, '/x/../admin', 'admin', 'plain dots'],
  [BLOCKS, '//admin', 'admin', 'an empty segment'],
  [BLOCKS, '/%61dmin', 'admin', 'an encoded letter'],
  [BLOCKS, '/x%2f..%5cadmin', 'admin', 'encoded slashes'],
  [BLOCKS, '/admin/../x', 'admin', 'an origin may take it as it is'],
  [BLOCKS, '/x/admin', '', 'another path'],
  [BLOCKS, '/x/%2e%2e/adm', '', 'another path, encoded'],
  [ALLOWS, '/public/x', 'public', 'plainly'],
  [ALLOWS, '/public/%78', 'public', 'both readings are public'],
  [ALLOWS, '/public/%2e%2e/admin', 'rest', 'an origin may take it as /admin'],
  [ALLOWS, '/x/../public/', 'rest', 'an origin may take it as it is'],
  [ALERTS, '/public/../admin', 'rest', 'an alert lets through too'],
  [ALERTS, '/public/', 'public', 'plainly'],
  [[{ name: 'admin', action: 'alert', paths: ['/admin'] }], '/x/../admin', 'admin', 'an alert is not evaded'],
] as const) {
  void t.test(`${path} meets rule "${rule}" of ${rules.map(({ name }) => name)}: ${why}`, (t) => {
    t.equal(gatewayPolicy(...rules).decide('upload', policyFacts({ path })).rule, rule)
    t.end()
  })
}

void t.test('a verdict on another reading of the path says so', (t) => {
  const { reason } = gatewayPolicy(...BLOCKS).decide('upload', policyFacts({ path: '/x/%2e%2e/admin/1' }))
  t.equal(reason, 'Rule 1 "admin" matches: path /admin/1, sent as /x/%2e%2e/admin/1, begins with /admin.')
  t.end()
})

void t.test('no request makes it throw, and no spelling of a path gets past a block', (t) => {
  const policy = gatewayPolicy(...BLOCKS, {
    name: 'all',
    action: 'alert',
    users: ['*'],
    paths: ['/*a*b*c*'],
    minBytes: 1,
  })
  const text = fc.string({ unit: 'binary' })
  const facts = fc.record<PolicyFacts>({
    user: text,
    process: text,
    host: fc.oneof(text, fc.domain()),
    category: text,
    method: text,
    path: fc.oneof(text, fc.webPath()),
    contentType: text,
    bytes: fc.option(fc.nat(), { nil: undefined }),
  })
  fc.assert(fc.property(facts, (facts) => policy.decide('upload', facts).reason.endsWith('.')))
  const spelled = fc.tuple(
    ...[...'admin'].map((letter) => fc.constantFrom(letter, `%${letter.charCodeAt(0).toString(16)}`)),
  )
  const before = fc.array(fc.constantFrom('/.', '/%2e', '/', '/x/..', '/x/%2E.', '\\x%5c..'), { maxLength: 6 })
  fc.assert(
    fc.property(before, fc.constantFrom('/', '%2f', '\\'), spelled, (dots, slash, letters) => {
      const path = `/${dots.join('')}${slash}${letters.join('')}`
      return policy.decide('upload', policyFacts({ path })).action === 'block'
    }),
  )
  t.end()
})

void t.test('a hostile path costs no more than its length', (t) => {
  const policy = gatewayPolicy({ name: 'x', action: 'block', paths: [`/${'*a'.repeat(50)}*!`, '/b'] })
  const before = performance.now()
  for (const piece of ['a', '/..', '%61', '%2e%2e/'])
    policy.decide('upload', policyFacts({ path: `/${piece.repeat(200_000)}` }))
  t.ok(performance.now() - before < 2000, `${performance.now() - before} ms`)
  t.end()
})
