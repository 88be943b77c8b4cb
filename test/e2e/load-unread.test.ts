/** Many flows that the gateway passes on unread. */

import t from 'tap'
import { bears } from '../support/flow-loads.js'
import { lacking } from '../support/needs.js'
import { withLab } from '../support/steerlab.js'

void t.test('many flows', { skip: lacking('capture'), timeout: 170_000 }, (t) =>
  withLab(t, (lab) => bears(t, lab, ['box.com']), { gatewayFiles: { 'inspect.json': { inspect: false } } }),
)
