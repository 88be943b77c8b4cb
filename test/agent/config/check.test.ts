import t from 'tap'
import { checkFile, formatPath } from '../../../agent/config/check.js'
import type { DefaultFile as FileName } from '../../../agent/config/default-files.js'
import { defaultTexts } from '../../support/config-files.js'

/** The problems of a default file after an edit. */
function problemsOf(file: FileName, edit: (text: string) => string): readonly string[] {
  const before = defaultTexts()[file]
  const after = edit(before)
  if (after === before) throw new Error(`the edit changed nothing in ${file}`)
  const checked = checkFile(file, after)
  return 'problems' in checked ? checked.problems : []
}

const replace = (from: string | RegExp, to: string) => (text: string) => text.replace(from, to)

void t.test('what JSON allows and no file may have', async (t) => {
  const cases: [sentence: string, edit: (text: string) => string, problem: RegExp][] = [
    [
      'nesting that would exhaust the stack',
      replace('{', `{"deep": ${'['.repeat(50_000)}${']'.repeat(50_000)},`),
      /^nsexception\.json:1:\d+: not JSON: found "\[", expected at most 200 levels$/,
    ],
    [
      'a key that is no key to JavaScript',
      replace('"names"', '"fail_close": {"__proto__": 1},\n"names"'),
      /^nsexception\.json:2: found the key "__proto__", allowed is any other$/,
    ],
  ]
  for (const [sentence, edit, problem] of cases) t.match(problemsOf('nsexception.json', edit), [problem], sentence)
  t.strictSame(problemsOf('nsexception.json', replace('{', `{"deep": ${'['.repeat(150)}${']'.repeat(150)},`)), [])
})

void t.test('all expressions of a list have one budget', async (t) => {
  const app = (processName: string) => ({
    action: 1,
    appName: 'A',
    app_domains: ['*'],
    isRegex: 'true',
    mode: 'direct',
    processName,
  })
  const listOf = (count: number, pattern: string) =>
    checkFile('nsbypass.json', JSON.stringify({ certPinnedAppList: Array.from({ length: count }, () => app(pattern)) }))
  t.ok('value' in listOf(500, '^google chrome (helper|beta).*\\.exe$'), '500 usual ones')
  t.match(listOf(500, '(\\pL|\\pN|\\pM){0,160}z'), {
    problems: [/certPinnedAppList\[\d+\]\.processName: found .*, allowed is fewer or simpler expressions/],
  })
})

void t.test('a wrong value is told by file, line, path, what was found and what is allowed', async (t) => {
  const cases: [sentence: string, file: FileName, edit: (text: string) => string, problems: string[]][] = [
    [
      'an action code we do not know',
      'nsbypass.json',
      replace('"action": 1', '"action": 7'),
      [
        'nsbypass.json:4: $.certPinnedAppList[0].action: found 7, allowed is 1 (bypass), 2 (block) or 3 (bypass if the device is managed, else block)',
      ],
    ],
    [
      'an action code in quotes',
      'nsbypass.json',
      replace('"action": 1', '"action": "1"'),
      [
        'nsbypass.json:4: $.certPinnedAppList[0].action: found "1", allowed is 1 (bypass), 2 (block) or 3 (bypass if the device is managed, else block)',
      ],
    ],
    [
      'an unknown mode',
      'nsbypass.json',
      replace('"mode": "direct"', '"mode": "proxy"'),
      ['nsbypass.json:10: $.certPinnedAppList[0].mode: found "proxy", allowed is "direct" or "tunnel"'],
    ],
    [
      'a process pattern that is none',
      'nsbypass.json',
      replace('"AmazonCloudDrive.exe"', '"(", "isRegex": "true"'),
      [
        'nsbypass.json:11: $.certPinnedAppList[0].processName: found "(", allowed is a regular expression of at most 200 characters without look-around and back references (RE2), because isRegex is on',
      ],
    ],
    [
      'isRegex as a boolean',
      'nsbypass.json',
      replace('"AmazonCloudDrive.exe"', '"a", "isRegex": true'),
      [
        'nsbypass.json:11: $.certPinnedAppList[0].isRegex: found true, allowed is "true", "false", "1" or "0", in quotes',
      ],
    ],
    [
      'an app domain that is none',
      'nsbypass.json',
      replace('"drive.amazon.com"', '"https://drive.amazon.com/"'),
      [
        'nsbypass.json:7: $.certPinnedAppList[0].app_domains[0]: found "https://drive.amazon.com/", allowed is a domain such as github.com, or * for any host',
      ],
    ],
    [
      'a missing list',
      'nsbypass.json',
      () => '{\n  "status": "success"\n}',
      ['nsbypass.json:1: $.certPinnedAppList: found nothing, allowed is a list of pinned apps'],
    ],
    [
      'an exception that is a URL',
      'nsexception.json',
      replace('"zoom.us"', '"https://zoom.us"'),
      [
        'nsexception.json:3: $.names[0]: found "https://zoom.us", allowed is a host name such as zoom.us, or *.zoom.us for all below it',
      ],
    ],
    [
      'an exception for everything',
      'nsexception.json',
      replace('"zoom.us"', '"*"'),
      [
        'nsexception.json:3: $.names[0]: found "*", allowed is a host name such as zoom.us, or *.zoom.us for all below it',
      ],
    ],
    [
      'an unknown type of address',
      'nsexception.json',
      replace('"local"', '"subnet"'),
      [
        'nsexception.json:18: $.ips[0].value: found "Local IP address range", allowed is an IPv4 or IPv6 address, a CIDR such as 10.0.0.0/8, or a range such as 10.0.0.1-10.0.0.9; "Local IP address range" needs a type that says local',
      ],
    ],
    [
      'a CIDR that is none',
      'nsexception.json',
      replace('"Local IP address range"', '"10.0.0.0/40"'),
      [
        'nsexception.json:18: $.ips[0].value: found "10.0.0.0/40", allowed is "Local IP address range", an IPv4 or IPv6 address, a CIDR such as 10.0.0.0/8, or a range such as 10.0.0.1-10.0.0.9',
      ],
    ],
    [
      'the local range as an ordinary address',
      'nsexception.json',
      replace('"local"', '"ip"'),
      [
        'nsexception.json:18: $.ips[0].value: found "Local IP address range", allowed is an IPv4 or IPv6 address, a CIDR such as 10.0.0.0/8, or a range such as 10.0.0.1-10.0.0.9; "Local IP address range" needs a type that says local',
      ],
    ],
    [
      'an address without its object',
      'nsexception.json',
      replace(/"ips": \[[^\]]*\]/, '"ips": ["10.0.0.0/8"]'),
      ['nsexception.json:15: $.ips[0]: found "10.0.0.0/8", allowed is an object with type and value'],
    ],
    [
      'an unknown traffic mode',
      'nssteering.json',
      replace('"all"', '"cloud"'),
      ['nssteering.json:4: $.traffic_mode: found "cloud", allowed is "web", "cloud-apps" or "all"'],
    ],
    [
      'a number in quotes',
      'nssteering.json',
      replace('"dynamic_steering": 0', '"dynamic_steering": "0"'),
      ['nssteering.json:6: $.dynamic_steering: found "0", allowed is 0 or 1'],
    ],
    [
      'a port out of range, and a domain that is none',
      'nssteering.json',
      replace('"domain_ports": {}', '"domain_ports": {\n"box.com": [0],\n"a b": [1]}'),
      [
        'nssteering.json:4: $.domain_ports["box.com"][0]: found 0, allowed is a port, 1 to 65535',
        'nssteering.json:5: $.domain_ports["a b"]: found "a b", allowed is an object of domains and their ports, such as {"box.com": [8443], "*": [8080]}',
      ],
    ],
    [
      'a boolean that should be a string',
      'nsconfig.json',
      replace('"checkSNI": "false"', '"checkSNI": false'),
      ['nsconfig.json:16: $.checkSNI: found false, allowed is "true", "false", "1" or "0", in quotes'],
    ],
    [
      'an unknown protocol',
      'nsconfig.json',
      replace('"tls"', '"quic"'),
      ['nsconfig.json:14: $.protocol: found "quic", allowed is "tls" or "dtls"'],
    ],
    [
      'the gateway port in quotes',
      'nsconfig.json',
      replace('"port": 443', '"port": "443"'),
      ['nsconfig.json:5: $.nsgw.port: found "443", allowed is a port, 1 to 65535'],
    ],
    [
      'no gateway',
      'nsconfig.json',
      replace('"nsgw"', '"gw"'),
      ['nsconfig.json:1: $.nsgw: found nothing, allowed is an object'],
    ],
    [
      'a boolean in quotes',
      'nsbranding.json',
      replace('"EncryptBranding": false', '"EncryptBranding": "false"'),
      ['nsbranding.json:5: $.EncryptBranding: found "false", allowed is true or false, without quotes'],
    ],
    [
      "the add-on host's answer for an unknown user",
      'nsbranding.json',
      () => '{"message": "Unable to find user with email <x>", "status": "error"}',
      [
        'nsbranding.json:1: $.OrgName: found nothing, allowed is a string that is not empty',
        'nsbranding.json:1: $.UserEmail: found nothing, allowed is a string that is not empty',
        'nsbranding.json:1: $.status: found "error", allowed is "success"',
      ],
    ],
    [
      'a list instead of a file',
      'nssteering.json',
      () => '[]',
      ['nssteering.json:1: $: found an empty list, allowed is an object'],
    ],
    [
      'broken JSON',
      'nssteering.json',
      replace('"traffic_mode": "all",', '"traffic_mode": "all"'),
      ['nssteering.json:5:3: not JSON: found "\\"", expected "," or "}"'],
    ],
    [
      'an empty file',
      'nssteering.json',
      () => '',
      ['nssteering.json:1:1: not JSON: found the end of the file, expected a value'],
    ],
  ]
  for (const [sentence, file, edit, problems] of cases) t.strictSame(problemsOf(file, edit), problems, sentence)
})

void t.test('a long wrong value is cut, and many problems of one file are counted', async (t) => {
  const [long = ''] = problemsOf('nssteering.json', replace('"all"', `"${'x'.repeat(5000)}"`))
  t.ok(long.length < 200, long)
  const many = problemsOf('nssteering.json', replace('"domains": []', `"domains": [${Array(500).fill(0).join()}]`))
  t.equal(many.length, 21)
  t.equal(many.at(-1), 'nssteering.json: and 480 more')
})

void t.test('a value too deep to be ours does not overflow the stack', async (t) => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  const [problem = ''] = problemsOf('nssteering.json', replace('"all"', deep))
  t.match(problem, /^nssteering\.json:4:\d+: not JSON: found "\[", expected at most 200 levels$/)
})

void t.test('paths', async (t) => {
  t.equal(formatPath([]), '$')
  t.equal(formatPath(['ips', 0, 'value']), '$.ips[0].value')
  t.equal(formatPath(['domain_ports', 'box.com', 2]), '$.domain_ports["box.com"][2]')
  t.equal(formatPath(['a"b']), '$["a\\"b"]')
})
