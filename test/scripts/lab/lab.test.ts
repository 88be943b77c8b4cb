/** The lab as a whole: what its description promises is there, and gone after it is closed. */

import { Resolver } from 'node:dns/promises'
import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { type LabDescription, routeInLab } from '../../../agent/outbound/lab-route.js'
import { ensureLabAuthority } from '../../../certs/lab-authority.js'
import { startLab } from '../../../scripts/lab/lab.js'
import { lacking } from '../../support/needs.js'
import { runProgram } from '../../support/run-program.js'

const authority = (home: string) => ensureLabAuthority({ home, now: () => new Date() })

/** Resolves a host in the lab and routes to it. */
async function wayTo(lab: LabDescription, host: string, port: number, family: 4 | 6 = 4) {
  const resolver = new Resolver({ timeout: 3000, tries: 1 })
  resolver.setServers([`${lab.dns.ip}:${lab.dns.port}`])
  const [ip = ''] = family === 4 ? await resolver.resolve4(host) : await resolver.resolve6(host)
  return routeInLab(lab, ip, port)
}

void t.test('every host and port leads where the description says', { skip: lacking('curl') }, async (t) => {
  const lab = await startLab({ authority: await authority(t.testdir()) })
  t.teardown(() => lab.close())
  const description = JSON.parse(JSON.stringify(lab.description)) as LabDescription
  for (const [host, port, family] of [
    ['box.com', 443, 4],
    ['box.com', 443, 6],
    ['github.com', 8443, 4],
    ['www.dropbox.com', 80, 4],
    ['www.wikipedia.org', 8080, 6],
    ['v6only.lab.example', 443, 6],
    ['rsa-chain.lab.example', 443, 4],
    ['tls12.lab.example', 443, 6],
    ['rsa-chain.lab.example', 80, 4],
  ] as const) {
    const way = await wayTo(description, host, port, family)
    if (typeof way === 'string') {
      t.fail(`${host}:${port} is ${way}`)
      continue
    }
    const scheme = port % 1000 === 443 ? 'https' : 'http'
    const connectTo = `${host}:${port}:${way.host}:${way.port}`
    const { stdout } = await runProgram('curl', [
      ...['-q', '-sS', '--cacert', description.caFile, '--connect-to', connectTo],
      `${scheme}://${host}:${port}/whoami`,
    ])
    t.match(JSON.parse(stdout || '{}'), { host, sni: scheme === 'https' ? host : null }, `${host}:${port}`)
  }
  for (const port of [22, 5222]) {
    const way = await wayTo(description, 'github.com', port)
    if (typeof way === 'string') throw new Error(way)
    const client = connect(way.port, way.host)
    t.equal(String((await once(client, 'data'))[0]), 'SSH-2.0-steerlab\r\n', `port ${port}`)
    client.destroy()
  }
  t.equal(await wayTo(description, 'box.com', 25), 'refused')
  t.equal(await wayTo(description, 'refused.lab.example', 443), 'refused')
  t.equal(await wayTo(description, 'unreachable.lab.example', 443), 'unreachable')
})

void t.test('closing leaves nothing behind', async (t) => {
  const labAuthority = await authority(t.testdir())
  const handles = () =>
    process
      .getActiveResourcesInfo()
      .filter((name) => /TCP|UDP|Timeout/.test(name))
      .sort()
  const before = handles()
  const lab = await startLab({ authority: labAuthority })
  t.not(handles().length, before.length)
  await lab.close()
  // libuv gives a closed handle up in the next turns of the event loop.
  while (handles().length > before.length) await new Promise((resolve) => setImmediate(resolve))
  t.strictSame(handles(), before)
})

void t.test('two labs run side by side', async (t) => {
  const labAuthority = await authority(t.testdir())
  const labs = await Promise.all([1, 2].map(() => startLab({ authority: labAuthority })))
  const ports = labs.map(({ description: { dns, ports, hosts = {} } }) => {
    const odd = Object.values(hosts).flatMap((own) => Object.values(own))
    return new Set([dns.port, ...Object.values(ports), ...odd])
  })
  t.strictSame(
    ports.map(({ size }) => size),
    [20, 20],
    'DNS, HTTPS, HTTP and raw, 16 of the odd hosts',
  )
  t.equal(new Set(ports.flatMap((own) => [...own])).size, 40, 'none is shared')
  await Promise.all(labs.map((lab) => lab.close()))
})
