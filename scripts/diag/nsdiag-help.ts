// Pure: what `nsdiag -h` prints: every option and command, and which of them are ours.

import { VERBS } from './nsdiag-verbs.js'

const OPTIONS: readonly (readonly [usage: string, what: string])[] = [
  ['-f', "client details, from the agent's state of this moment (--json)"],
  ['-n', 'status of private access: the lab has none'],
  ['-u', 'update the configuration from the tenant, now'],
  ['-l LEVEL', 'log level: debug, info, warning, error or critical; at once; few known lines are of level debug'],
  ['-m MB', 'size of a log file, 1 to 1024 MB; at once'],
  ['-o FILE.zip', 'save logs and diagnostics; a bare name lands in the log directory'],
  [
    '-c start [-o FILE] [-s BYTES]',
    'inner packet capture: what programs say, before the tunnel; -s: bytes of a packet',
  ],
  ['-c stop', 'stop it'],
  [
    '-p start [-o FILE] [-s MB]',
    'outer packet capture: what leaves the machine; -s: size of the file, 10 MB by default',
  ],
  ['-p stop', 'stop it'],
  ['-d start [-o FILE]', 'driver log: each flow from its door to its end'],
  ['-d stop', 'stop it'],
  ['-r URL', 'how long a request takes through the agent, step by step (--json)'],
  ['-g upload|download -s SIZE', 'speed of the tunnel; SIZE is 1mb, 10mb or 100mb (--json)'],
  ['-x REGEX STRING', 'whether a process pattern matches (RE2, as in nsbypass.json)'],
  ['-t enable|disable', 'enable or disable the client; asks for the master password where there is one'],
  ['-v', 'version'],
  ['-h', 'this help'],
]

/** Not the real client's. */
const OURS: readonly (readonly [usage: string, what: string])[] = [
  ['--keys', '-c: the TLS secrets of flows that the gateway decrypts go into the file'],
  ['--format pcapng|pcap', '-c, -p: form of the file'],
  ['--size MB', '-c: size of the file'],
  ['--files N', '-c, -p: files that are kept when one is full; 2 by default'],
  ['--from kernel|socket', "-p: the system's packets, or rebuilt from the tunnel's socket"],
  ['--json', 'JSON, where a script may read it: -f -c -p -d -r -g show-config show-blocked-event'],
  ['--home DIR', 'home directory'],
]

/** The help. */
export function nsdiagHelp(): string {
  const verbs = Object.entries(VERBS).map(([name, { takes, what }]) => [[name, ...takes].join(' '), what] as const)
  return [
    'steerlab nsdiag OPTION, or steerlab nsclient COMMAND\n\nDiagnostics as on a real endpoint. Options are case-sensitive; one at a time.\nAn earlier file of the name that -o gives is replaced.\n',
    `Options:\n${rows(OPTIONS)}`,
    `The Linux client's commands:\n${rows(verbs)}`,
    `Ours, and not the real client's:\n${rows(OURS)}`,
  ].join('\n')
}

function rows(all: readonly (readonly [usage: string, what: string])[]): string {
  return all.map(([usage, what]) => `  ${usage.padEnd(30)}  ${what}\n`).join('')
}
