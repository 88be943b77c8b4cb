import t from 'tap'
import { exceptionLists } from '../../../../agent/config/import/rest-exceptions.js'
import { SourceDocument } from '../../../../agent/config/import/source-document.js'
import { EXCEPTIONS, section } from '../../../support/rest-document.js'

function read(exceptions: unknown) {
  const document = new SourceDocument({ exceptions })
  const lists = exceptionLists(document.root)
  const idle = new Set(['count', 'notes', 'cert_pinned_apps'])
  return {
    lists,
    notes: document.notes(idle, 'unread').map(({ path, reason }) => `${path.replace('$.exceptions.', '')}: ${reason}`),
  }
}

void t.test('every kind whose shape is public, and what has no place', async (t) => {
  const { lists, notes } = read(EXCEPTIONS)
  t.strictSame(lists, {
    names: ['apple.com', '*.corp.example'],
    ips: [
      { type: 'local', value: 'Local IP address range' },
      { type: 'ip', value: '198.51.100.0/24' },
    ],
    categories: [
      { name: 'Finance/Accounting', domains: [] },
      { name: 'Pets', domains: [] },
    ],
    source_locations: ['10.20.0.0/16'],
    source_countries: ['AD', 'AS'],
  })
  t.strictSame(notes.sort(), [
    'categories.data[0].categories[1]: the domains of this category are not public: it is kept, and covers nothing until it is given some',
    'countries.data[0].countries[2]: "Atlantis" is not the name of a country known here',
    'dst_netloc.data[0].dst_netloc[1]: a network location by its name: its addresses are not in this document',
    'src_netloc.data[0].src_netloc[0]: a network location by its name: its addresses are not in this document',
  ])
})

void t.test('nothing is excepted where nothing is said', async (t) => {
  for (const exceptions of [{}, undefined, [], { domains: {} }, { domains: section() }, { domains: 'x' }])
    t.strictSame(read(exceptions).lists, { names: [], ips: [] }, JSON.stringify(exceptions))
})

void t.test('applications by either spelling, with the domains that are given', async (t) => {
  const zoom = { applictions: ['Zoom', 'Webex'], domains: ['zoom.us', '*.webex.com', 'a b'] }
  t.strictSame(read({ applictions: section(zoom) }), {
    lists: {
      names: [],
      ips: [],
      applications: [
        { name: 'Zoom', domains: ['zoom.us', '*.webex.com'], action: 'bypass' },
        { name: 'Webex', domains: ['zoom.us', '*.webex.com'], action: 'bypass' },
      ],
    },
    notes: ['applictions.data[0].domains[2]: "a b" is not a domain'],
  })
  t.strictSame(read({ applications: section({ app_name: 'Box' }) }), {
    lists: { names: [], ips: [], applications: [{ name: 'Box', domains: [], action: 'bypass' }] },
    notes: ['applications.data[0].app_name: the domains of the app are not in this document: it is kept without any'],
  })
})

void t.test('what is no domain is listed, and so is a kind whose shape is not known', async (t) => {
  const exceptions = {
    domains: section({ domains: ['https://x.example/', 'ok.example'] }),
    dns: section({ dns: ['a.example'] }),
  }
  const { lists, notes } = read(exceptions)
  t.strictSame(lists.names, ['ok.example'])
  t.strictSame(notes, [
    'domains.data[0].domains[0]: "https://x.example/" is not a domain',
    'dns.data[0].dns[0]: unread',
  ])
})
