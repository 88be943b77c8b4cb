import t from 'tap'
import { checkJson } from '../../../../agent/config/check.js'
import { policyFileSchema } from '../../../../gateway/inspect/policy/policy-file.js'

const check = (file: unknown) => checkJson('policy.json', policyFileSchema, JSON.stringify(file))

/** A file of one rule with these keys. */
const withRule = (keys: object) => ({ rules: [{ name: 'x', action: 'block', ...keys }] })

for (const file of [
  {},
  { rules: [] },
  withRule({}),
  withRule({ direction: 'download', users: ['*@acme.com', 'ann@acme.com'], processes: ['chrome.exe', 'python*'] }),
  withRule({ hosts: ['box.com', '*.box.com', '10.0.0.1', '::1', '*.bücher.example'], categories: ['News & Media'] }),
  withRule({ methods: ['POST', 'M-SEARCH'], paths: ['/', '/*.exe', '/größe'], contentTypes: ['video/*', 'a/b+c.d'] }),
  withRule({ minBytes: 5, maxBytes: 5, message: 'Nein.\nDanke.' }),
  withRule({ maxBytes: 0 }),
]) {
  void t.test(`${JSON.stringify(file)} is good`, (t) => {
    t.strictSame('problems' in check(file) && check(file), false)
    t.end()
  })
}

for (const [file, problem] of [
  [{ rule: [] }, '$.rule: found "rule", allowed is one of the keys rules'],
  [{ rules: {} }, '$.rules: found an object, allowed is a list of rules'],
  [{ rules: [{ action: 'block' }] }, '$.rules[0].name: found nothing, allowed is a name of 1 to 100 characters'],
  [withRule({ action: 'deny' }), '$.rules[0].action: found "deny", allowed is "allow", "block" or "alert"'],
  [withRule({ direction: 'both' }), '$.rules[0].direction: found "both", allowed is "upload" or "download"'],
  [withRule({ host: ['x'] }), '$.rules[0].host: found "host", allowed is one of the keys name, action, direction, '],
  [withRule({ users: [] }), '$.rules[0].users: found an empty list, allowed is a list of users, not empty'],
  [withRule({ users: 'a@x' }), '$.rules[0].users: found "a@x", allowed is a list of users, not empty'],
  [withRule({ users: [''] }), '$.rules[0].users[0]: found "", allowed is an e-mail address, '],
  [withRule({ processes: ['C:\\x.exe'] }), '$.rules[0].processes[0]: found "C:\\\\x.exe", allowed is the file name'],
  [withRule({ hosts: ['https://x'] }), '$.rules[0].hosts[0]: found "https://x", allowed is a host name, '],
  [withRule({ hosts: ['*'] }), '$.rules[0].hosts[0]: found "*", allowed is a host name, '],
  [withRule({ categories: [' '] }), '$.rules[0].categories[0]: found " ", allowed is the name of a category'],
  [withRule({ methods: ['GET POST'] }), '$.rules[0].methods[0]: found "GET POST", allowed is a method such as "POST"'],
  [withRule({ paths: ['admin'] }), '$.rules[0].paths[0]: found "admin", allowed is a path that begins with / '],
  [withRule({ paths: ['/a?b=c'] }), '$.rules[0].paths[0]: found "/a?b=c", allowed is a path that begins with / '],
  [withRule({ contentTypes: ['video'] }), '$.rules[0].contentTypes[0]: found "video", allowed is a media type '],
  [withRule({ contentTypes: ['a/b; c=d'] }), '$.rules[0].contentTypes[0]: found "a/b; c=d", allowed is a media type '],
  [withRule({ minBytes: 0 }), '$.rules[0].minBytes: found 0, allowed is a whole number from 1 to '],
  [withRule({ minBytes: '5' }), '$.rules[0].minBytes: found "5", allowed is a whole number from 1 to '],
  [withRule({ minBytes: 5, maxBytes: 4 }), '$.rules[0].maxBytes: found 4, allowed is no less than minBytes'],
  [withRule({ message: 'x'.repeat(501) }), `$.rules[0].message: found "${'x'.repeat(59)}..., allowed is a text of at `],
  [
    { rules: [...withRule({}).rules, ...withRule({}).rules] },
    '$.rules[1].name: found "x", allowed is a name that no other rule has',
  ],
] as const) {
  void t.test(problem, (t) => {
    const checked = check(file)
    const problems = 'problems' in checked ? checked.problems : []
    t.equal(problems.length, 1, 'one problem')
    t.ok(problems[0]?.startsWith(`policy.json:1: ${problem}`), `${problems}`)
    t.end()
  })
}
