/** Captured DNS and UDP: dig as the judge of the answers, and nothing but DNS gets out by datagram. */

import t from 'tap'
import { lacking } from '../support/needs.js'
import { type TestLab, withLab } from '../support/steerlab.js'
import { waitUntil } from '../support/wait-until.js'

async function dig(lab: TestLab, ...args: string[]): Promise<string> {
  const { stdout, stderr } = await lab.run(['dig', '+time=3', '+tries=1', ...args])
  return stdout + stderr
}

void t.test('captured DNS', { skip: lacking('capture', 'dig') }, (t) =>
  withLab(t, async (lab) => {
    await t.test('every type, by UDP and by TCP', async (t) => {
      for (const transport of ['+notcp', '+tcp']) {
        const short = async (...args: string[]) => (await dig(lab, '+short', transport, ...args)).trim()
        t.equal(await short('box.com', 'A'), '74.112.186.144', `A ${transport}`)
        t.equal(await short('box.com', 'AAAA'), '2620:117:bff0:13::90', `AAAA ${transport}`)
        t.equal(await short('www.google.com', 'TYPE65'), '1 . alpn="h2,http/1.1"', `HTTPS ${transport}`)
        t.equal(await short('box.com', 'TXT'), '"v=spf1 include:_spf.box.com ~all"', `TXT ${transport}`)
        t.equal(await short('www.dropbox.com', 'A'), 'www-env.dropbox-dns.com.\n162.125.66.18', `CNAME ${transport}`)
        t.match(await dig(lab, transport, 'nope.lab.example'), /status: NXDOMAIN/, `NXDOMAIN ${transport}`)
        t.match(
          await dig(lab, transport, 'github.com', 'AAAA'),
          /status: NOERROR(.|\n)*ANSWER: 0/,
          `NODATA ${transport}`,
        )
      }
    })

    await t.test('an answer too long for a datagram says so, and comes whole by TCP', async (t) => {
      const cut = await dig(lab, '+notcp', '+noedns', '+ignore', 'many.lab.example')
      t.match(cut, /flags: [a-z ]*\btc\b/, 'truncated')
      const whole = (await dig(lab, '+notcp', '+noedns', '+short', 'many.lab.example')).trim().split('\n')
      t.equal(whole.filter((line) => /^203\.0\.113\.\d+$/.test(line)).length, 40, 'asked again over TCP')
      t.match(await dig(lab, '+notcp', '+bufsize=4096', '+ignore', 'many.lab.example'), /ANSWER: 40,/, 'or with EDNS')
    })

    await t.test('whichever server is asked, over IPv4 and IPv6', async (t) => {
      for (const server of ['8.8.8.8', '9.9.9.9', '192.0.2.99', '2001:4860:4860::8888', '127.0.0.1', '::1'])
        for (const transport of ['+notcp', '+tcp'])
          t.equal(
            (await dig(lab, '+short', transport, `@${server}`, 'box.com')).trim(),
            '74.112.186.144',
            `@${server} ${transport}`,
          )
    })

    await t.test('what was answered is in the map', async (t) => {
      const { stdout } = await lab.cli(['map', '--json'])
      const map = JSON.parse(stdout) as { host: string; ip: string; ttlLeft: number; query: object }[]
      const box = map.find(({ ip }) => ip === '74.112.186.144')
      t.match(box, { host: 'box.com', query: { name: 'box.com', type: 'A' } })
      t.ok(box !== undefined && box.ttlLeft > 200 && box.ttlLeft <= 300, 'with its time to live')
      t.match(
        map.find(({ ip }) => ip === '162.125.66.18'),
        { host: 'www.dropbox.com' },
        'under the name that was asked for, not its alias',
      )
      t.equal(map.filter(({ host }) => host === 'many.lab.example').length, 40)
      t.match((await lab.cli(['map'])).stdout, /^HOST +ADDRESS +LEARNT +QUERY +TTL LEFT\n/)
    })
  }),
)

/** Sends datagrams from a connected socket, which alone hears of refusals, prints what became of the first, and stays until its input ends. */
const DATAGRAMS = `
  const [ip, port] = process.argv.slice(1)
  const socket = require('dgram').createSocket(ip.includes(':') ? 'udp6' : 'udp4')
  const started = performance.now()
  const done = (what) => {
    console.log(JSON.stringify({ what, ms: performance.now() - started }))
    socket.removeAllListeners('error').on('error', () => {})
    socket.send('again', () => socket.send('and again'))
    process.stdin.resume().on('end', () => process.exit())
  }
  socket.on('error', (error) => done(error.code))
  socket.on('message', () => done('answered'))
  socket.connect(Number(port), ip, () => socket.send('hello'))
  setTimeout(() => done('nothing'), 3000)`

void t.test('captured UDP that is not DNS', { skip: lacking('capture') }, (t) =>
  withLab(t, async (lab) => {
    const blocked = (ip: string) =>
      lab.logLines('Blocking UDP connection from process: node', `dest IP:${ip}:443, src IP`)
    const send = async (ip: string, port: number): Promise<{ what: string; ms: number }> => {
      const args = ['run', '--', process.execPath, '-e', DATAGRAMS, '--', ip, String(port)]
      const program = lab.start(args, { input: 'open' })
      await program.untilSaid('}')
      // Who owns a socket can be told only while it is open.
      if (port === 443) await waitUntil(async () => (await blocked(ip)).length > 0)
      program.child.stdin?.end()
      return JSON.parse((await program.ended).stdout)
    }

    const targets = ['74.112.186.144', '2620:117:bff0:13::90']
    for (const ip of targets) {
      const { what, ms } = await send(ip, 443)
      t.equal(what, 'ECONNREFUSED', `QUIC to ${ip} is refused`)
      t.ok(ms < 1000, `at once (${ms} ms)`)
    }
    for (const [ip, port] of [
      ['93.184.215.14', 123],
      ['192.0.2.1', 5000],
      ['2606:2800:21f:cb07:6820:80da:af6b:8b2c', 3478],
    ] as const)
      t.equal((await send(ip, port)).what, 'ECONNREFUSED', `UDP ${port} to ${ip} finds nobody`)

    for (const ip of targets)
      t.equal((await blocked(ip)).length, 1, `one line for the flow to ${ip}, however many datagrams`)
    t.equal((await lab.logLines('Blocking UDP')).length, 2, 'and none for other UDP, nor for DNS')
    t.match(await lab.status(), { flows: { tunneled: 0, bypassed: 0, blocked: 2 } })
  }),
)
