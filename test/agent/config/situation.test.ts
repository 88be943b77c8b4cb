import t from 'tap'
import { labSettingsSchema } from '../../../agent/config/schema/steerlab.js'
import { situationOf } from '../../../agent/config/situation.js'
import { ORDINARY_SITUATION } from '../../../agent/steering/flow.js'

void t.test('what the lab says of the endpoint, and the ordinary case for the rest', async (t) => {
  const cases: [sentence: string, endpoint: object, changed: object][] = [
    ['nothing', {}, {}],
    ['on-prem', { location: 'on-prem' }, { location: 'on-prem' }],
    ['managed', { managed: true }, { device: 'managed' }],
    ['not managed', { managed: false }, { device: 'unmanaged' }],
    ['a country', { country: 'DE' }, { country: 'DE' }],
  ]
  for (const [sentence, endpoint, changed] of cases)
    t.strictSame(
      situationOf({ lab: labSettingsSchema.parse({ endpoint }) }),
      { ...ORDINARY_SITUATION, ...changed },
      sentence,
    )
})
