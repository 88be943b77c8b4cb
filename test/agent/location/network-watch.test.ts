import { networkInterfaces } from 'node:os'
import t, { type Test } from 'tap'
import type { NetworkChange, NetworkFacts } from '../../../agent/location/network-state.js'
import { NetworkWatch, readNetwork } from '../../../agent/location/network-watch.js'
import { VirtualTime } from '../../support/virtual-time.js'

/** A network of one address. */
function network(address: string, nameserver = '192.0.2.53'): NetworkFacts {
  const info = { address, netmask: '', mac: '', internal: false, cidr: `${address}/24`, family: 'IPv4' as const }
  return { interfaces: { eth0: [info] }, routes: '', nameservers: [nameserver] }
}

const A = network('192.0.2.1')
const B = network('192.0.2.2')
const C = network('192.0.2.3')
const NONE: NetworkFacts = { interfaces: {}, routes: '', nameservers: [] }

/** A watch on a network that is what the test says, from A on. */
function watched(t: Test, changed?: (change: NetworkChange) => void) {
  const time = new VirtualTime()
  const told: string[] = []
  let facts = A
  let looks = 0
  const watch = new NetworkWatch({
    read: () => {
      looks += 1
      return facts
    },
    changed: (change) => {
      told.push(`${time.now} ${change.from} ${change.to}`)
      changed?.(change)
    },
    schedule: time.schedule,
  })
  t.teardown(() => watch.close())
  const become = (next: NetworkFacts) => {
    facts = next
  }
  return { time, told, watch, become, looks: () => looks }
}

void t.test('a network that stays is looked at every two seconds, and nothing is told', async (t) => {
  const { time, told, watch, looks } = watched(t)
  time.pass(60_000)
  t.strictSame([told, looks(), watch.sourceIp], [[], 31, '192.0.2.1'])
})

void t.test('a change is told once it has held for half a second more', async (t) => {
  const { time, told, watch, become } = watched(t)
  time.pass(2100)
  become(B)
  time.pass(2399)
  t.strictSame([told, watch.sourceIp], [[], '192.0.2.1'])
  time.pass(1)
  t.strictSame([told, watch.sourceIp], [['4500 192.0.2.1 192.0.2.2'], '192.0.2.2'])
  time.pass(60_000)
  t.equal(told.length, 1)
  become(A)
  time.pass(60_000)
  t.strictSame(told.slice(1), ['67000 192.0.2.2 192.0.2.1'])
})

/** What the network becomes, and how long it is so, ms; and all that is told. */
const STORIES: readonly [why: string, steps: readonly [network: NetworkFacts, ms: number][], told: string[]][] = [
  [
    'a change that is made in steps is told once, as it ends',
    [
      [NONE, 2000],
      [B, 500],
      [network('192.0.2.2', '192.0.2.54'), 60_000],
    ],
    ['3500 192.0.2.1 192.0.2.2'],
  ],
  [
    'a change that is taken back is not told',
    [
      [NONE, 2000],
      [A, 60_000],
    ],
    [],
  ],
  [
    'nor one between two looks',
    [
      [NONE, 1999],
      [A, 60_000],
    ],
    [],
  ],
  [
    'a change that was taken back has to hold anew',
    [
      [B, 2000],
      [A, 500],
      [B, 60_000],
    ],
    ['5000 192.0.2.1 192.0.2.2'],
  ],
  [
    'the network is lost, and another comes',
    [
      [NONE, 10_000],
      [C, 10_000],
    ],
    ['2500 192.0.2.1 0.0.0.0', '11000 0.0.0.0 192.0.2.3'],
  ],
  [
    'other nameservers: the address is the same on both sides',
    [[network('192.0.2.1', '192.0.2.54'), 60_000]],
    ['2500 192.0.2.1 192.0.2.1'],
  ],
]

void t.test('changes and what is told of them', async (t) => {
  for (const [why, steps, expected] of STORIES) {
    const { time, told, become } = watched(t)
    for (const [facts, ms] of steps) {
      become(facts)
      time.pass(ms)
    }
    t.strictSame(told, expected, why)
  }
})

void t.test('nothing is told after close, also when the one who is told closes it', async (t) => {
  const first = watched(t)
  first.become(B)
  first.time.pass(2000)
  first.watch.close()
  first.time.pass(60_000)
  t.strictSame([first.told, first.time.waiting], [[], 0])
  const second = watched(t, () => second.watch.close())
  second.become(B)
  second.time.pass(60_000)
  t.strictSame([second.told.length, second.time.waiting], [1, 0])
})

void t.test('what this computer says can be read', async (t) => {
  const { interfaces, routes, nameservers } = readNetwork()
  t.strictSame(interfaces, networkInterfaces())
  if (process.platform === 'linux') t.match(routes, /^Iface\tDestination\tGateway/)
  for (const ip of nameservers) t.match(ip, /^[0-9a-f.:]+$/i)
})
