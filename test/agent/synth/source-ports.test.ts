import t from 'tap'
import { Random } from '../../../agent/synth/random.js'
import { SourcePorts } from '../../../agent/synth/source-ports.js'

function portsOf(platform: 'windows' | 'macos' | 'linux', count = 50_000): readonly number[] {
  const ports = new SourcePorts(platform, Random.of('ports', platform))
  return Array.from({ length: count }, () => ports.next())
}

void t.test('Windows and macOS count up through the dynamic range and begin again', async (t) => {
  for (const [platform, step] of [
    ['windows', 3],
    ['macos', 1],
  ] as const) {
    const ports = portsOf(platform)
    t.ok(Math.min(...ports) >= 49_152 && Math.max(...ports) <= 65_535, platform)
    const steps = ports.slice(1).map((port, i) => (port - ports[i]! + 16_384) % 16_384)
    t.ok(Math.min(...steps) >= 1 && Math.max(...steps) === step, `${platform}: steps up to ${step}`)
    t.ok(new Set(ports).size > 10_000, 'round and round')
  }
})

void t.test('Linux spreads even ports over its own range', async (t) => {
  const ports = portsOf('linux')
  t.ok(ports.every((port) => port >= 32_768 && port <= 60_999 && port % 2 === 0))
  t.ok(new Set(ports).size > 10_000, 'all over it')
  t.ok(ports.slice(1).filter((port, i) => port < ports[i]!).length > 20_000, 'in no order')
})
