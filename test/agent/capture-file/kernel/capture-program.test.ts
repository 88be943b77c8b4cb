/** The programs that capture: how they are found, and what their last words mean. Running ones: kernel-capture.test.ts. */

import t from 'tap'
import { CAPTURE_PROGRAMS, RunningProgram, versionOf } from '../../../../agent/capture-file/kernel/capture-program.js'
import { pathWith } from '../../../support/kernel-capture.js'

const [dumpcap, tcpdump] = CAPTURE_PROGRAMS

void t.test('versions', async (t) => {
  const cases = [
    ['echo "Dumpcap (Wireshark) 4.0.17 (Git v4.0.17 packaged as 4.0.17-0)"', 'dumpcap 4.0.17'],
    ['echo "dumpcap version 4.99.3\nlibpcap version 1.10.3" >&2; exit 1', 'dumpcap 4.99.3'],
    ['echo who knows', 'dumpcap'],
  ] as const
  for (const [script, version] of cases) t.equal(await versionOf('dumpcap', pathWith(t, { dumpcap: script })), version)
  t.equal(await versionOf('dumpcap', pathWith(t, {})), undefined)
})

void t.test('lost packets, by their last words', async (t) => {
  const cases = [
    [dumpcap, "Packets received/dropped on interface 'any': 9/0 (pcap:0/dumpcap:0/flushed:0/ps_ifdrop:0) (100.0%)", 0],
    [dumpcap, "Packets received/dropped on interface 'any': 88/12 (pcap:12/dumpcap:0) (88.0%)", 12],
    [tcpdump, '2 packets captured\n4 packets received by filter\n0 packets dropped by kernel', 0],
    [tcpdump, '2 packets captured\n19 packets received by filter\n17 packets dropped by kernel', 17],
    [tcpdump, '1 packet captured\n2 packets received by filter\n1 packet dropped by kernel', 1],
  ] as const
  for (const [program, words, dropped] of cases) {
    const script = `cat >&2 <<'END'\n${words}\nEND\n`
    const path = `${pathWith(t, { [program!.name]: script })}:/usr/bin:/bin`
    let running: RunningProgram | undefined
    const reason = await new Promise((ended) => {
      running = new RunningProgram(program!, { path, filter: 'tcp', snapLength: 96, frame: () => {}, ended })
    })
    t.equal(running?.dropped, dropped, words)
    t.equal(reason, `${program!.name}: it ended with code 0`, 'and they are no complaint')
    await running?.stop()
  }
})
