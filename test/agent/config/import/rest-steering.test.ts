import t from 'tap'
import { steeredTraffic } from '../../../../agent/config/import/rest-steering.js'
import { SourceDocument } from '../../../../agent/config/import/source-document.js'
import { section } from '../../../support/rest-document.js'

function read(value: unknown) {
  const document = new SourceDocument(value)
  const traffic = steeredTraffic(document.root)
  const notes = document.notes(new Set(['count']), 'unread').map(({ path, reason }) => `${path} ${reason}`)
  return { ...traffic, notes }
}

void t.test('the domains of steered apps, in a list or between commas, each once', async (t) => {
  const apps = section(
    { app_name: 'A', disabled: '0', app_domains: 'a.example, b.example' },
    { app_name: 'B', app_domains: ['*.c.example', 'a.example', 'no domain'] },
    { app_name: 'C', disabled: '1', app_domains: 'gone.example' },
  )
  t.strictSame(read({ traffic_type: 'cloud-apps', steered_traffic: apps }), {
    traffic_mode: 'cloud-apps',
    domains: ['a.example', 'b.example', 'c.example'],
    notes: [
      '$.steered_traffic.data[1].app_domains[2] "no domain" is not a domain',
      '$.steered_traffic.data[2] is disabled, and the files only have what is steered',
    ],
  })
})

void t.test('the mode by its word, or by whether apps are steered', async (t) => {
  t.strictSame(read({ traffic_type: 'web', steered_traffic: {} }), { traffic_mode: 'web', domains: [], notes: [] })
  const apps = section({ app_domains: 'a.example' })
  t.match(read({ steered_traffic: apps }), {
    traffic_mode: 'cloud-apps',
    notes: ['$.traffic_type is not given: taken as cloud-apps'],
  })
  t.match(read({}), { traffic_mode: 'web', notes: ['$.traffic_type is not given: taken as web'] })
  t.match(read({ traffic_type: 'All Traffic' }), {
    traffic_mode: 'all',
    notes: ['$.traffic_type the meaning of this word is not public: taken as all'],
  })
})
