/** `steerlab lesson` as its user has it; tshark says whether what it tells of the files is true. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { lacking } from '../support/needs.js'
import { runProgram } from '../support/run-program.js'
import { withHome } from '../support/steerlab.js'

const skip = lacking('capture', 'curl', 'tshark')

void t.test('both pages from both sides, and the files to look at', { skip }, (t) =>
  withHome(t, async ({ home, cli }) => {
    const kept = join(home, 'kept')
    const { code, stdout, stderr } = await cli(['lesson', '--json', '--keep', kept], { env: { NO_COLOR: '1' } })
    t.strictSame([code, stderr], [0, ''])
    const { inner, outer, pages } = JSON.parse(stdout)
    t.strictSame([inner.file, outer.file], [join(kept, 'nspktdump.pcap'), join(kept, 'nsouterpkt.pcap')])
    t.match(pages, [
      { host: 'box.com', is: 'steered', comment: /process: curl/ },
      { host: 'zoom.us', is: 'bypassed', comment: /exception/ },
    ])
    t.match(pages[0].inside.sightings[0].words, 'DNS: A of box.com?')
    const names = async (file: string): Promise<string[]> => {
      const args = [
        '-r',
        file,
        '-T',
        'fields',
        '-e',
        'tls.handshake.extensions_server_name',
        '-Y',
        'tls.handshake.type == 1',
      ]
      return (await runProgram('tshark', args)).stdout.trim().split('\n')
    }
    t.strictSame(await names(inner.file), ['box.com', 'zoom.us'])
    t.notOk((await names(outer.file)).includes('box.com'))
    t.ok((await names(outer.file)).includes('zoom.us'))
    const peers = await runProgram('tshark', [
      '-r',
      outer.file,
      '-T',
      'fields',
      '-e',
      'ip.dst',
      '-Y',
      'tcp.dstport == 443',
    ])
    const shown = [...pages[0].outside.peers, ...pages[1].outside.peers].map(({ ip }: { ip: string }) => ip)
    t.strictSame(new Set(peers.stdout.trim().split('\n')), new Set(shown))
  }),
)

void t.test('in a terminal: two columns and how to go on', { skip }, (t) =>
  withHome(t, async ({ home, cli }) => {
    const { code, stdout } = await cli(['lesson'])
    t.equal(code, 0)
    t.match(stdout, /https:\/\/box\.com\/whoami: steered\n/)
    t.match(stdout, /\n {6}ms {2}inside {10,}outside\n/)
    t.match(stdout, /-> TLS ClientHello, names box\.com/)
    t.match(stdout, `wireshark ${home}/stagent/logs/nspktdump.pcap`)
    t.ok(existsSync(join(home, 'stagent', 'logs', 'nsouterpkt.pcap')))
    t.notMatch(stdout, '\x1b')
    t.equal((await cli(['config', 'edit', 'add-exception', 'box.com'])).code, 0)
    const after = await cli(['lesson'])
    t.strictSame([after.code, after.stdout], [1, ''], 'when the files show something else it fails')
    t.match(after.stderr, /the lesson has no evidence: the outer capture shows .*\bbox\.com/)
  }),
)
