/** Inner captures of real programs in a lab, with tshark as the judge. */

import { readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { doubtsOf, fieldsOf, tcpdump, tshark } from '../support/capture-files.js'
import { AS_BYTES, followed, startCapture, stopCapture } from '../support/lab-captures.js'
import { lacking } from '../support/needs.js'
import { withLab } from '../support/steerlab.js'

const MIB = 1024 * 1024
const GREETING_BYTES = 'SSH-2.0-steerlab\r\n'.length
const ODD_FLOWS = fileURLToPath(new URL('../support/odd-flows.js', import.meta.url))
const skip = lacking('capture', 'tshark', 'tcpdump', 'curl', 'dig', 'sha256sum')

const needed = { skip }

void t.test('100 MiB come out of the capture as they came to the program', needed, async (t) => {
  await withLab(t, async (lab) => {
    const { file } = await startCapture(lab, 'inner')
    t.equal(statSync(file).mode & 0o777, 0o600, 'for the user alone')
    const url = `http://box.com/bytes/${100 * MIB}`
    const { stdout, stderr } = await lab.run(['sh', '-c', `curl -s -w '%{stderr}%{size_header}' ${url} | sha256sum`])
    const report = await stopCapture(lab, 'inner')
    t.match(report, { dropped: 0, failure: '', running: false })
    t.ok(report.packets > 70_000, `${report.packets} packets`)
    t.strictSame(await followed(file, 0, 'server', Number(stderr)), { bytes: 100 * MIB, sha256: stdout.split(' ')[0] })
    t.strictSame(await doubtsOf(file, ...AS_BYTES), [], 'tshark has nothing against it')
  })
})

void t.test('flows both ways, half-closed and reset; DNS; refusals', needed, async (t) => {
  await withLab(t, async (lab) => {
    const { file } = await startCapture(lab, 'inner')
    for (const host of ['box.com', 'zoom.us']) {
      const { stdout, stderr } = await lab.run([process.execPath, ODD_FLOWS, host])
      const got = 8 * MIB + GREETING_BYTES
      t.strictSame(JSON.parse(stdout || 'null'), { sent: 8 * MIB, got, answered: GREETING_BYTES + 18 }, stderr)
    }
    await lab.run(['dig', '+tcp', '+short', 'box.com'])
    await lab.run(['curl', '-s', '--max-time', '2', 'http://refused.lab.example/'])
    const { capture } = await lab.status()
    t.ok(capture.available)
    const { packets } = await stopCapture(lab, 'inner')

    t.strictSame(await doubtsOf(file, ...AS_BYTES), [], 'tshark has nothing against it')
    t.equal((await tcpdump(file)).packets, packets, 'tcpdump reads all of it')
    const raw = await fieldsOf(
      file,
      ['tcp.stream', 'tcp.flags.reset', 'ip.src'],
      'tcp.port == 5222 && tcp.flags.syn == 0',
    )
    const streams = [...new Set(raw.map((line) => line.split('\t')[0]))]
    t.equal(streams.length, 6, 'three flows to each host')
    for (const stream of [streams[0], streams[3]]) {
      const both = await Promise.all([
        followed(file, Number(stream), 'client'),
        followed(file, Number(stream), 'server'),
      ])
      t.strictSame(
        both.map(({ bytes }) => bytes),
        [8 * MIB, 8 * MIB + GREETING_BYTES],
      )
    }
    const resets = raw.filter((line) => line.includes('\tTrue\t') || line.includes('\t1\t'))
    t.strictSame(
      [...new Set(resets.map((line) => line.split('\t')[2]))],
      ['192.0.2.77'],
      'the program reset, nobody else',
    )

    const comments = await fieldsOf(file, ['frame.comment'], 'tcp.flags.syn == 1 && tcp.flags.ack == 0')
    for (const said of [
      'host: box.com',
      'host: zoom.us',
      'process: node, pid ',
      'rule: nssteering.json',
      'verdict: bypass',
    ])
      t.ok(
        comments.some((comment) => comment.includes(said)),
        said,
      )
    const queries = await fieldsOf(file, ['dns.qry.name', 'udp.dstport', 'tcp.dstport'], 'dns.flags.response == 0')
    t.ok(queries.includes('box.com\t53\t'), 'asked by UDP')
    t.ok(queries.includes('box.com\t\t53'), 'and by TCP')
    const interfaces = await tshark(file, '-T', 'fields', '-e', 'frame.interface_name')
    t.strictSame([...new Set(interfaces)].sort(), ['dns', 'namespace'])
  })
})

void t.test('with the keys Wireshark shows the HTTP, without them it does not', needed, async (t) => {
  await withLab(t, async (lab) => {
    const fetchBoth = async () => {
      for (const version of ['--http1.1', '--http2'])
        t.match(await lab.run(['curl', '-s', version, '-d', 'a canary', 'https://box.com/echo']), { code: 0 })
    }
    const requests = 'http.request || http2.headers.method'
    const fields = ['http.request.method', 'http2.headers.method', 'http2.headers.path', 'http.request.uri']

    const closed = await startCapture(lab, 'inner', { file: 'closed.pcapng' })
    await fetchBoth()
    await stopCapture(lab, 'inner')
    t.strictSame(await fieldsOf(closed.file, fields, requests), [], 'nothing can be read')
    t.notOk(readFileSync(closed.file).includes('TRAFFIC_SECRET'))

    const open = await startCapture(lab, 'inner', { file: 'open.pcapng', keys: true })
    t.ok(open.keys)
    await fetchBoth()
    await lab.run(['curl', '-s', 'https://zoom.us/'])
    await stopCapture(lab, 'inner')
    t.strictSame(await fieldsOf(open.file, fields, requests), ['POST\t\t\t/echo', '\tPOST\t/echo\t'])
    const sent = await fieldsOf(open.file, ['http.file_data', 'http2.data.data'], 'http.file_data || http2.data.data')
    const isCanary = new RegExp(`a canary|${Buffer.from('a canary').toString('hex')}`)
    t.ok(sent.filter((line) => isCanary.test(line)).length >= 4, 'both sides of both, in clear')
    t.strictSame(
      await fieldsOf(open.file, ['http2.type'], 'tls.handshake.extensions_server_name == "zoom.us" && http2'),
      [],
    )
    t.strictSame(await doubtsOf(open.file), [])
  })
})

void t.test('it begins and ends in the middle of flows, and touches none', needed, async (t) => {
  await withLab(t, async (lab) => {
    const events = lab.start(['run', '--', 'curl', '-sN', 'http://box.com/sse?count=100&ms=50'])
    await events.untilSaid('event 1 of 100')
    const first = await startCapture(lab, 'inner', { file: 'first.pcap', snapLength: 60, format: 'pcap' })
    const once = await lab.run(['curl', '-s', 'http://zoom.us/whoami'])
    t.equal(once.code, 0)
    const { packets } = await stopCapture(lab, 'inner')
    await startCapture(lab, 'inner', { file: 'second.pcap', maxBytes: 65_536, files: 3 })
    for (let i = 0; i < 3; i += 1) await lab.run(['curl', '-s', '-o', '/dev/null', 'http://zoom.us/bytes/200000'])
    const second = await stopCapture(lab, 'inner')
    const { code, stdout } = await events.ended
    t.strictSame([code, stdout.match(/data: event/g)?.length], [0, 100], 'the flow that was there is still whole')
    t.ok((await fieldsOf(second.file, ['frame.number'], 'tcp.port == 80')).length > 0)

    t.strictSame(await doubtsOf(first.file), [])
    t.equal((await tcpdump(first.file)).packets, packets, 'tcpdump reads all of it')
    const sizes = await fieldsOf(first.file, ['frame.cap_len'])
    t.ok(
      sizes.every((size) => Number(size) <= 60),
      'no more than 60 bytes of a packet',
    )
    for (const name of ['second.pcap', 'second.1.pcap', 'second.2.pcap']) {
      const path = second.file.replace('second.pcap', name)
      t.ok(statSync(path).size <= 65_536, `${name} is no longer than it may be`)
      t.ok((await fieldsOf(path, ['frame.number'])).length > 10, 'and can be read alone')
    }
    t.throws(() => statSync(second.file.replace('second.pcap', 'second.3.pcap')), 'three files, not four')
  })
})

void t.test('the file says what it is', needed, async (t) => {
  await withLab(t, async (lab) => {
    const { file } = await startCapture(lab, 'inner')
    await stopCapture(lab, 'inner')
    t.ok(readFileSync(file).includes('inner capture: rebuilt from what the applications sent'))
  })
})
