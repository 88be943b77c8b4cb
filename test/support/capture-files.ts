/** Capture files for tests: a writer with everything filled in, and tshark, which says what it thinks of a file. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Test } from 'tap'
import { CaptureWriter, type CaptureWriterOptions } from '../../agent/capture-file/capture-writer.js'
import { type CaptureContents, readPcapng } from '../../agent/capture-file/pcapng-reader.js'
import { runProgram } from './run-program.js'

/** 2026-11-23 12:00:00.000001 UTC, microseconds since 1970. */
export const NOON_US = 1_795_435_200_000_001

/** All of any packet. */
export const WHOLE_PACKET = 262_144

/** A port whose bytes tshark takes for nothing but bytes. */
export const PLAIN_PORT = 4433

const NORMAL = {
  format: 'pcapng',
  interfaces: [
    { name: 'namespace', description: 'captured programs' },
    { name: 'dns', description: 'the DNS door' },
  ],
  comment: 'rebuilt for a test',
  application: 'steerlab 0.1.0',
  os: 'Linux test',
  snapLength: WHOLE_PACKET,
  maxBytes: 1e9,
  files: 2,
} as const

/** A writer of `x.pcap` in a directory of the test's; a disk that refuses fails the test. */
export async function captureWriter(t: Test, options: Partial<CaptureWriterOptions> = {}): Promise<CaptureWriter> {
  const path = join(t.testdir(), 'x.pcap')
  const failed = (error: Error) => t.fail(error.message)
  const writer = await CaptureWriter.open({ ...NORMAL, path, failed, ...options })
  t.teardown(() => writer.close())
  return writer
}

/** Closes the writer, and gives its newest file. */
export async function wholeFile(writer: CaptureWriter): Promise<Buffer> {
  await writer.close()
  return readFile(writer.path)
}

/** Closes the writer, and reads its newest file. */
export async function contentsOf(writer: CaptureWriter): Promise<CaptureContents> {
  return readPcapng(await wholeFile(writer))
}

/** What tshark prints of a file, lines; its exit code must be 0. */
export async function tshark(file: string, ...args: readonly string[]): Promise<string[]> {
  const checks = ['ip.check_checksum:TRUE', 'tcp.check_checksum:TRUE', 'udp.check_checksum:TRUE']
  const options = [...checks, 'tcp.relative_sequence_numbers:FALSE'].flatMap((option) => ['-o', option])
  // Guesses at what a test's bytes may mean are no doubts of ours.
  const plain = ['-d', `tcp.port==${PLAIN_PORT},data`, '-d', `udp.port==${PLAIN_PORT},data`]
  const { code, stdout, stderr } = await runProgram('tshark', ['-n', '-r', file, ...plain, ...options, ...args])
  if (code !== 0) throw new Error(`tshark ended with ${code}: ${stderr}`)
  return stdout.split('\n').filter((line) => line !== '')
}

const DOUBTS = [
  'tcp.analysis.flags',
  '_ws.malformed',
  '_ws.expert.severity == 0x800000',
  ...['ip', 'tcp', 'udp', 'icmp', 'icmpv6'].map((protocol) => `${protocol}.checksum.status == "Bad"`),
].join(' || ')

/** The packets that tshark doubts: malformed, a checksum wrong, or out of TCP's order; lines. */
export function doubtsOf(file: string, ...options: readonly string[]): Promise<string[]> {
  return tshark(file, ...options, '-Y', DOUBTS)
}

/** The packets of a capture of the kernel's that tshark cannot read. Loopback leaves checksums to nobody. */
export function malformedIn(file: string): Promise<string[]> {
  const unchecked = ['ip', 'tcp', 'udp'].flatMap((protocol) => ['-o', `${protocol}.check_checksum:FALSE`])
  return tshark(file, ...unchecked, '-Y', '_ws.malformed || _ws.expert.severity == 0x800000')
}

/** What `tcpdump -n` prints of a file, and of how many packets; it must read it to its end. */
export async function tcpdump(
  file: string,
  ...args: readonly string[]
): Promise<{ readonly packets: number; readonly text: string }> {
  const { code, stdout, stderr } = await runProgram('tcpdump', ['-n', '-r', file, ...args])
  if (code !== 0) throw new Error(`tcpdump ended with ${code}: ${stderr}`)
  return { packets: stdout.match(/^\d\d:\d\d:\d\d\.\d{6} /gm)?.length ?? 0, text: stdout }
}

/** Values of fields, tab-separated, a line per packet that the filter takes. */
export function fieldsOf(file: string, fields: readonly string[], filter = 'frame'): Promise<string[]> {
  return tshark(file, '-Y', filter, '-T', 'fields', ...fields.flatMap((field) => ['-e', field]))
}
