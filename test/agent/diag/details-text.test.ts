/** Details in the real tools' words; the expected texts are the public ones (client-behaviour 5.1). */

import t from 'tap'
import type { ClientDetails } from '../../../agent/diag/client-details.js'
import { accessTimeText, configText, detailsText } from '../../../agent/diag/details-text.js'

const DETAILS: ClientDetails = {
  orgName: 'CompanyName',
  tenantUrl: 'CompanyName.goskope.com',
  addonHost: 'addon-companyname.goskope.com',
  addonCheckerHost: 'achecker-companyname.goskope.com',
  gateway: 'gateway-xyz.goskope.com',
  gatewayIp: '203.0.113.10',
  pop: 'US-SFO1',
  config: 'Pop Pinning Client Configuration',
  steeringConfig: 'Default tenant config',
  email: 'alice@example.com',
  perUserConfig: false,
  tunnelStatus: 'NSTUNNEL_CONNECTED',
  enabled: true,
  dynamicSteering: false,
  onPremDetection: 'Not Configured',
  explicitProxy: false,
  tunnelProtocol: 'TLS',
  sniEnable: false,
  trafficMode: 'All Traffic',
  clientVersion: '117.1.0.1234',
  device: 'managed',
  configUpdated: new Date(2022, 11, 1, 10, 27, 26).toISOString(),
}

void t.test('nsdiag -f, as a real client printed it', async (t) => {
  t.equal(
    detailsText(DETAILS),
    `Orgname:: CompanyName.
Tenant URL :: CompanyName.goskope.com.
AddonHost:: addon-companyname.goskope.com.
AddonCheckerHost:: achecker-companyname.goskope.com.
Gateway:: gateway-xyz.goskope.com.
Gateway IP:: 203.0.113.10.
Config:: Pop Pinning Client Configuration.
Steering Config:: Default tenant config.
Email:: alice@example.com.
Peruser config:: FALSE.
Tunnel status:: NSTUNNEL_CONNECTED.
Client status:: enable.
Dynamic Steering:: FALSE.
OnPremDetection:: Not Configured.
Explicit Proxy:: false.
Tunnel Protocol:: TLS.
SNI Enable:: FALSE.
Traffic Mode:: All Traffic.
Client version:: 117.1.0.1234.
`,
  )
})

void t.test('nsdiag -f of other situations', async (t) => {
  const cases: readonly [change: Partial<ClientDetails>, line: string][] = [
    [{ tunnelStatus: 'NSTUNNEL_CONNECTING' }, 'Tunnel status:: NSTUNNEL_CONNECTING.'],
    [{ tunnelStatus: 'NSTUNNEL_DISCONNECTED_BYUSER' }, 'Tunnel status:: NSTUNNEL_DISCONNECTED_BYUSER.'],
    [{ enabled: false }, 'Client status:: disable.'],
    [{ dynamicSteering: true }, 'Dynamic Steering:: TRUE.'],
    [{ onPremDetection: 'On-Premises' }, 'OnPremDetection:: On-Premises.'],
    [{ explicitProxy: true }, 'Explicit Proxy:: true.'],
    [{ tunnelProtocol: 'DTLS' }, 'Tunnel Protocol:: DTLS.'],
    [{ sniEnable: true }, 'SNI Enable:: TRUE.'],
    [{ gatewayIp: '' }, 'Gateway IP:: .'],
  ]
  for (const [change, line] of cases) {
    const lines = detailsText({ ...DETAILS, ...change }).split('\n')
    t.equal(lines.length, 20, 'nineteen lines')
    t.ok(lines.includes(line), line)
  }
})

void t.test("show-config has the dialog's fields", async (t) => {
  t.equal(
    configText({
      ...DETAILS,
      gatewayIp: '163.116.140.35',
      onPremDetection: 'Off-Premises',
      trafficMode: 'All Web Traffic',
    }),
    `Gateway: gateway-xyz.goskope.com
Organization: CompanyName
Gateway IP: 163.116.140.35, POP: US-SFO1
User Email: alice@example.com
Client Configuration: Pop Pinning Client Configuration
Steering Configuration: Default tenant config
Device Classification: managed
Tunnel Protocol: TLS
Private Access: Not Configured
Private Access Gateway IP:
On-Premises Check: Remote
Traffic Steering Type: All Web Traffic
Config Updated: 10:27:26, 1st Dec, 2022
`,
  )
  t.match(configText({ ...DETAILS, gatewayIp: '', pop: '' }), /^Gateway IP:$/m, 'before the first tunnel')
})

void t.test('days have their endings', async (t) => {
  const endings = {
    1: 'st',
    2: 'nd',
    3: 'rd',
    4: 'th',
    11: 'th',
    12: 'th',
    13: 'th',
    20: 'th',
    21: 'st',
    22: 'nd',
    23: 'rd',
    31: 'st',
  }
  for (const [day, ending] of Object.entries(endings)) {
    const configUpdated = new Date(2022, 0, Number(day), 9, 5, 7).toISOString()
    t.match(configText({ ...DETAILS, configUpdated }), `Config Updated: 09:05:07, ${day}${ending} Jan, 2022`)
  }
})

void t.test('the time of a blocked event', async (t) => {
  t.equal(accessTimeText(new Date(2022, 11, 1, 21, 1, 20)), 'Thu Dec 1 21:01:20 2022')
  t.equal(accessTimeText(new Date(2024, 1, 29, 0, 0, 0)), 'Thu Feb 29 00:00:00 2024')
})
