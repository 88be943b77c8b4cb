// Pure: nsconfig.json, the tenant's client configuration (client-behaviour 1.2). The keys of the public sample are
// typed; what most of them do is not documented, and we act on few.

import * as z from 'zod'
import { count, digits, flag, listOf, name, objectOf, port, text, textThat } from './values.js'

const flags = {
  checkSNI: flag.optional(),
  clientAssistedGSLBGTM: flag.optional(),
  clientAssistedGTM: flag.optional(),
  npa_gslb_client_v3: flag.optional(),
  dynamicSteering: flag.optional(),
  encryptClientConfig: flag.optional(),
  enhancedCertPinnedApplist: flag.optional(),
  bypassApp: flag.optional(),
  debugSettings: flag.optional(),
  hideClientIcon: flag.optional(),
  allowClientDisabling: flag.optional(),
  allowOnetimeClientDisabling: flag.optional(),
  allowNpaDisabling: flag.optional(),
  externalProxyConfig: flag.optional(),
  ignoreLoopbackProxy: flag.optional(),
  ignoreInactiveSystemProxy: flag.optional(),
  bypassPacDownloadFlow: flag.optional(),
  blockIPv6: flag.optional(),
  blockDnsTCP: flag.optional(),
  bypassLoopbackDNS: flag.optional(),
  drop_svcb_dns_resolver_query: flag.optional(),
  localTrafficBypass: flag.optional(),
  bypassPrivateTrafficAtDriver: flag.optional(),
  handleExceptionsAtDriver: flag.optional(),
  supportUDPExceptions: flag.optional(),
  handleSNIFromSegmentPacket: flag.optional(),
  steering_config_2: flag.optional(),
  versioned_steering: flag.optional(),
  useConfigVersion: flag.optional(),
}

const failClose = objectOf({
  fail_close: flag.optional(),
  exclude_npa: flag.optional(),
  notification: flag.optional(),
  captive_portal_timeout: digits.optional(),
})

const onPremCheck = objectOf({
  onprem_use_dns: text.optional(),
  onprem_host: text.optional(),
  onprem_ip: text.optional(),
  onprem_additional_ips: listOf(text, 'a list of addresses').optional(),
  onprem_http_host: text.optional(),
  onprem_additional_http_hosts: listOf(text, 'a list of hosts').optional(),
  onprem_http_tcp_connection_timeout: digits.optional(),
})

/** The schema of nsconfig.json; `nsgw` (where the tunnel goes) must be there. */
export const clientConfigSchema = objectOf({
  ...flags,
  nsgw: objectOf({ host: name, backupHost: text.optional(), port }),
  gslb: objectOf({ host: text, port: digits.optional() }).optional(),
  protocol: z.enum(['tls', 'dtls'], { error: '"tls" or "dtls"' }).optional(),
  mtu: digits.optional(),
  npa_gslb_client_pop_count: digits.optional(),
  dns_custom_port: textThat(
    'a port in quotes, 0 for none',
    (value) => /^\d{0,5}$/.test(value) && Number(value) < 65_536,
  ).optional(),
  configurationName: text.optional(),
  priority: count.optional(),
  logLevel: z
    .enum(['debug', 'info', 'warning', 'error', 'critical'], {
      error: '"debug", "info", "warning", "error" or "critical"',
    })
    .optional(),
  failClose: failClose.optional(),
  onpremcheck: onPremCheck.optional(),
  configUpdate: objectOf({ updateIntervalInMin: digits.optional() }).optional(),
  clientUpdate: objectOf({
    allowAutoUpdate: flag.optional(),
    allowAutoGoldenUpdate: flag.optional(),
    showUpdateNotification: flag.optional(),
    updateIntervalInMin: digits.optional(),
  }).optional(),
  clientStatusUpdate: objectOf({ heartbeatIntervalInMin: digits.optional() }).optional(),
  clientStatusUpdateIntervalInMin: digits.optional(),
  interopProxy: objectOf({ host: text.optional(), port: count.optional(), product: count.optional() }).optional(),
  externalProxy: listOf(z.unknown(), 'a list').optional(),
  sfCheck: objectOf({ SFCheckerHost: text.optional(), SFCheckerIP: text.optional() }).optional(),
})

/** nsconfig.json, checked. */
export type ClientConfig = Readonly<z.infer<typeof clientConfigSchema>>
