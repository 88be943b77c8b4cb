import fc from 'fast-check'
import t from 'tap'
import { HostMap, type Learnt } from '../../../agent/dns/host-map.js'

const MINUTE = 60_000

function learnt(host: string, ips: readonly string[], now: number, ttl = 60): Learnt {
  return { host, ips, ttl, now, query: { name: host, type: 'A', client: '127.0.0.1:5000' } }
}

void t.test('an address answers with the host it was learnt for, in canonical form', async (t) => {
  const map = new HostMap()
  map.learn(learnt('WWW.Box.com.', ['74.112.186.144', '2606:2800::1'], 0))
  t.equal(map.lookup('74.112.186.144', 1), 'www.box.com')
  t.equal(map.lookup('2606:2800::1', 1), 'www.box.com')
  t.equal(map.lookup('74.112.186.145', 1), '', 'its neighbour is unknown')
})

void t.test('the root name teaches nothing', async (t) => {
  const map = new HostMap()
  map.learn(learnt('.', ['1.1.1.1'], 0))
  t.equal(map.size, 0)
})

void t.test(
  'several hosts on one address: the newest learnt comes first, also when it was learnt before',
  async (t) => {
    const map = new HostMap()
    for (const host of ['a.test', 'b.test', 'c.test', 'a.test']) map.learn(learnt(host, ['1.1.1.1'], 0))
    t.equal(map.lookup('1.1.1.1', 1), 'a.test')
    t.same(map.hostsOf('1.1.1.1', 1), ['a.test', 'c.test', 'b.test'])
    t.equal(map.size, 3)
  },
)

void t.test('a pair outlives a short TTL by the minimum hold, and a long TTL outlives the hold', async (t) => {
  const map = new HostMap({ minHoldMs: 5 * MINUTE })
  map.learn(learnt('short.test', ['1.1.1.1'], 0, 20))
  map.learn(learnt('long.test', ['2.2.2.2'], 0, 3600))
  t.equal(map.lookup('1.1.1.1', 5 * MINUTE - 1), 'short.test')
  t.equal(map.lookup('1.1.1.1', 5 * MINUTE), '')
  t.equal(map.lookup('2.2.2.2', 60 * MINUTE - 1), 'long.test')
  t.equal(map.lookup('2.2.2.2', 60 * MINUTE), '')
})

void t.test('an older host of an address shows again once the newer one has expired', async (t) => {
  const map = new HostMap({ minHoldMs: 0 })
  map.learn(learnt('stays.test', ['1.1.1.1'], 0, 100))
  map.learn(learnt('goes.test', ['1.1.1.1'], 0, 10))
  t.equal(map.lookup('1.1.1.1', 9_999), 'goes.test')
  t.equal(map.lookup('1.1.1.1', 10_000), 'stays.test')
})

void t.test('fresh addresses follow the TTL, not the hold, and keep the order of the answer', async (t) => {
  const map = new HostMap()
  map.learn(learnt('box.test', ['2.2.2.2', '1.1.1.1'], 0, 30))
  t.same(map.freshAddresses('Box.Test.', 29_999), ['2.2.2.2', '1.1.1.1'])
  t.same(map.freshAddresses('box.test', 30_000), [])
})

void t.test('entries tell who asked what when, and the TTL left', async (t) => {
  const map = new HostMap()
  map.learn(learnt('old.test', ['1.1.1.1'], 1000, 10))
  map.learn({ host: 'new.test', ips: ['::1'], ttl: 300, now: 2000, query: { name: 'new.test', type: 'AAAA' } })
  t.same(map.entries(12_001), [
    { host: 'new.test', ip: '::1', learntAt: 2000, query: { name: 'new.test', type: 'AAAA' }, ttlLeft: 290 },
    {
      host: 'old.test',
      ip: '1.1.1.1',
      learntAt: 1000,
      query: { name: 'old.test', type: 'A', client: '127.0.0.1:5000' },
      ttlLeft: 0,
    },
  ])
})

void t.test('past its bound the map forgets the oldest pairs', async (t) => {
  const map = new HostMap({ maxEntries: 3 })
  for (const n of [1, 2, 3, 1, 4]) map.learn(learnt(`h${n}.test`, [`1.1.1.${n}`], 0))
  t.equal(map.size, 3)
  t.same(
    [1, 2, 3, 4].map((n) => map.lookup(`1.1.1.${n}`, 1)),
    ['h1.test', '', 'h3.test', 'h4.test'],
  )
})

void t.test('an address of a big CDN keeps its 64 newest hosts', async (t) => {
  const map = new HostMap()
  for (let n = 0; n < 100; n += 1) map.learn(learnt(`h${n}.test`, ['1.1.1.1'], 0))
  const hosts = map.hostsOf('1.1.1.1', 1)
  t.equal(hosts.length, 64)
  t.equal(hosts[0], 'h99.test')
  t.equal(hosts[63], 'h36.test')
  t.equal(map.size, 64)
})

void t.test('a full map stays quick: 100,000 pairs on top of a full map', async (t) => {
  const map = new HostMap()
  for (let n = 0; n < 150_000; n += 1)
    map.learn(learnt(`h${n}.test`, [`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`], 0))
  t.equal(map.size, 50_000)
  t.equal(map.lookup('10.1.134.160', 1), 'h100000.test', 'the oldest one still held')
  t.equal(map.lookup('10.1.134.159', 1), '', 'the newest one forgotten')
})

void t.test('any sequence of answers gives what a plain list of pairs gives', async () => {
  const limits = { maxEntries: 6, minHoldMs: 20_000 }
  const step = fc.record({
    host: fc.constantFrom('a.test', 'B.test.', 'c.test', 'd.test'),
    ips: fc.uniqueArray(fc.constantFrom('1.1.1.1', '2.2.2.2', '3.3.3.3', '::1'), { minLength: 1 }),
    ttl: fc.constantFrom(0, 5, 30, 100),
    wait: fc.constantFrom(0, 1_000, 15_000, 60_000),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const map = new HostMap(limits)
      const model = new ListOfPairs(limits.maxEntries, limits.minHoldMs)
      let now = 0
      for (const { host, ips, ttl, wait } of steps) {
        now += wait
        map.learn({ host, ips, ttl, now, query: { name: host, type: 'A' } })
        model.learn(host, ips, ttl, now)
        for (const ip of ['1.1.1.1', '2.2.2.2', '3.3.3.3', '::1']) {
          const hosts = model.hostsOf(ip, now)
          if (map.hostsOf(ip, now).join() !== hosts.join()) return false
          if (map.lookup(ip, now) !== (hosts[0] ?? '')) return false
        }
        const shown = map.entries(now).map((entry) => `${entry.host} ${entry.ip}`)
        if (shown.join() !== model.shown(now).join() || map.size !== model.size) return false
      }
      return true
    }),
    { numRuns: 2_000 },
  )
})

/** The map's rules said in the simplest way. */
class ListOfPairs {
  readonly #max: number
  readonly #holdMs: number
  #pairs: { host: string; ip: string; until: number }[] = []

  constructor(max: number, holdMs: number) {
    this.#max = max
    this.#holdMs = holdMs
  }

  get size(): number {
    return this.#pairs.length
  }

  learn(name: string, ips: readonly string[], ttl: number, now: number): void {
    const host = name.toLowerCase().replace(/\.$/, '')
    for (const ip of ips) {
      this.#pairs = this.#pairs.filter((pair) => pair.host !== host || pair.ip !== ip)
      this.#pairs.push({ host, ip, until: now + Math.max(ttl * 1000, this.#holdMs) })
    }
    while (this.#pairs.length > this.#max || (this.#pairs[0] !== undefined && this.#pairs[0].until <= now)) {
      this.#pairs.shift()
    }
  }

  hostsOf(ip: string, now: number): string[] {
    const live = this.#pairs.filter((pair) => pair.ip === ip && pair.until > now)
    return live.map((pair) => pair.host).reverse()
  }

  shown(now: number): string[] {
    const live = this.#pairs.filter((pair) => pair.until > now)
    return live.map((pair) => `${pair.host} ${pair.ip}`).reverse()
  }
}
