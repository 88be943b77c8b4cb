import t from 'tap'
import type { ProfileName } from '../../../../agent/log/message-form.js'
import { PROFILES } from '../../../../agent/log/profiles.js'
import { recognise } from '../../../../agent/log/recognise.js'
import { parseRecord } from '../../../../agent/log/record.js'
import { messageFindings } from '../../../../agent/log/report/check-message.js'

/** What is found in a record that ends in `rest`, from its level on. */
function findings(rest: string, profile: ProfileName): readonly string[] {
  const parsed = parseRecord(`2024/05/01 07:50:34.981 stAgentSvc p6ff8 t50dc ${rest}`)
  if ('reason' in parsed) throw new Error(parsed.reason)
  const found = messageFindings(parsed.record, recognise(parsed.record.message), PROFILES[profile])
  return found.map(({ kind, what }) => `${kind}: ${what}`)
}

const DROP = 'info bypassAppMgr.cpp:663 BypassAppMgr Dropping connection from process: a.exe, host: b'

void t.test('what a client of the profile would not have written', async (t) => {
  const cases: [sentence: string, rest: string, profile: ProfileName, expected: string[]][] = [
    ['a line as it is', DROP, 'windows-r114', []],
    [
      'another line of the file, where it is known',
      DROP.replace('663', '664'),
      'windows-r114',
      ['place: drop-pinned: bypassAppMgr.cpp:664 instead of bypassAppMgr.cpp:663'],
    ],
    [
      'another file',
      DROP.replace('bypassAppMgr.cpp', 'bypass.cpp'),
      'windows-r114',
      ['place: drop-pinned: bypass.cpp:663 instead of bypassAppMgr.cpp:663'],
    ],
    ['the place where it is ours', 'info x.cpp:1 deviceId OSVersion check: status 1', 'windows-r114', []],
    [
      'component and level',
      DROP.replace('BypassAppMgr', 'bypass').replace('info', 'error'),
      'windows-r114',
      ['component: drop-pinned: bypass instead of BypassAppMgr', 'level: drop-pinned: error instead of info'],
    ],
    ['a Windows name elsewhere', DROP, 'macos-r126', ['exe-name: a program named with .exe on macos']],
    ['and a name of there', DROP.replace('a.exe', 'google chrome helper'), 'macos-r126', []],
    [
      'an unknown message',
      'info a.cpp:1 nsWhat Sent 12 of 3456 parcels ',
      'windows-r114',
      ['trailing-space: white space at the end of the line', 'unknown-message: nsWhat Sent # of # parcels'],
    ],
    [
      'a later message',
      'info gslb.cpp:318 gslb [NPA] Pops fetched begin',
      'windows-2021',
      ['not-in-profile: gslb-begin: written from release 96 on, not by 88'],
    ],
    [
      'an earlier one',
      'info tunnel.cpp:729 nsTunnel TLS SSL connected to the server: gw:443 successfully',
      'linux-r140',
      ['not-in-profile: tunnel-connected: written up to release 95, not by 140'],
    ],
    [
      'one of another system',
      'info nsRtNetlink.cpp:633 nsRtNetlink reset stAgent route rules completed',
      'windows-r114',
      ['not-in-profile: routes-reset: written on linux, not on windows'],
    ],
    [
      'one of telephones',
      'info deviceId.cpp:823 deviceId Passcode Check: status = 1',
      'macos-r126',
      ['not-in-profile: posture-passcode: written on mobile systems, not on macos'],
    ],
    [
      'the second form of a message',
      'error nsHTTPClient.cpp:512 downloader curl_easy_perform failed, code 7, refused',
      'linux-r140',
      [],
    ],
    [
      'a space before an empty value',
      'error nsTunHandler.cpp:755 nsTunHandler Failed to get MTU on device = ',
      'linux-r140',
      [],
    ],
    [
      'a space behind one that is not',
      'info nsImpersonate.cpp:147 nsImpersonate Current user: bob ',
      'windows-r114',
      ['trailing-space: white space at the end of the line'],
    ],
  ]
  for (const [sentence, rest, profile, expected] of cases) t.strictSame(findings(rest, profile), expected, sentence)
})
