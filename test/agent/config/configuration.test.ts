import t from 'tap'
import { checkFile } from '../../../agent/config/check.js'
import type { FileName } from '../../../agent/config/configuration.js'
import type { DefaultFile } from '../../../agent/config/default-files.js'
import type { PinnedApp } from '../../../agent/config/schema/nsbypass.js'
import { isOn } from '../../../agent/config/schema/values.js'
import { defaultTexts } from '../../support/config-files.js'

/** Content in the shapes of client-behaviour 1.2, which real clients accept. */
const REAL: Readonly<Record<DefaultFile, object>> = {
  'nsbranding.json': {
    AddonCheckerHost: 'achecker-acme.goskope.com',
    AddonCheckerResponseCode: 'netSkope@netSkope',
    AddonManagerHost: 'addon-acme.goskope.com',
    EncryptBranding: false,
    OrgKey: 'aaaaaaaaaaaaaaaaaaaa',
    OrgName: 'acme',
    SFCheckerHost: 'sfchecker.goskope.com',
    SFCheckerIP: '8.8.8.8',
    UserEmail: 'a@acme.example',
    UserKey: 'bbbbbbbbbbbbbbbbbbbb',
    ValidateConfig: false,
    status: 'success',
    tenantID: '1234',
  },
  'nsconfig.json': {
    nsgw: { host: 'gateway-acme.goskope.com', backupHost: 'gateway-backup-acme.goskope.com', port: 443 },
    gslb: { host: 'gateway.gslb.goskope.com', port: '443' },
    clientAssistedGSLBGTM: '1',
    clientAssistedGTM: '1',
    npa_gslb_client_v3: '1',
    npa_gslb_client_pop_count: '10',
    protocol: 'dtls',
    mtu: '1476',
    configurationName: 'Default tenant config',
    priority: 0,
    checkSNI: 'false',
    dynamicSteering: '1',
    encryptClientConfig: '0',
    enhancedCertPinnedApplist: '1',
    bypassApp: '1',
    logLevel: 'info',
    debugSettings: 'true',
    hideClientIcon: 'false',
    allowClientDisabling: 'true',
    allowOnetimeClientDisabling: '0',
    allowNpaDisabling: 'true',
    failClose: { fail_close: 'false', exclude_npa: 'false', notification: 'false', captive_portal_timeout: '' },
    onpremcheck: {
      onprem_use_dns: '',
      onprem_host: '',
      onprem_ip: '',
      onprem_additional_ips: [],
      onprem_http_host: '',
      onprem_additional_http_hosts: [],
      onprem_http_tcp_connection_timeout: '',
    },
    configUpdate: { updateIntervalInMin: '60' },
    clientUpdate: {
      allowAutoUpdate: 'true',
      allowAutoGoldenUpdate: 'false',
      showUpdateNotification: 'false',
      updateIntervalInMin: '240',
    },
    clientStatusUpdate: { heartbeatIntervalInMin: '30' },
    clientStatusUpdateIntervalInMin: '5',
    interopProxy: { host: '', port: 0, product: 0 },
    externalProxy: [],
    externalProxyConfig: '1',
    ignoreLoopbackProxy: '0',
    ignoreInactiveSystemProxy: '0',
    bypassPacDownloadFlow: '0',
    blockIPv6: '0',
    blockDnsTCP: '0',
    bypassLoopbackDNS: '1',
    drop_svcb_dns_resolver_query: '1',
    dns_custom_port: '0',
    localTrafficBypass: '1',
    bypassPrivateTrafficAtDriver: '0',
    handleExceptionsAtDriver: '0',
    supportUDPExceptions: '0',
    handleSNIFromSegmentPacket: '0',
    steering_config_2: '1',
    versioned_steering: '1',
    useConfigVersion: '0',
    sfCheck: { SFCheckerHost: 'sfchecker.goskope.com', SFCheckerIP: '8.8.8.8' },
  },
  'nssteering.json': {
    domains: ['box.com'],
    domain_ports: {},
    traffic_mode: 'web',
    bypass_option: 0,
    dynamic_steering: 0,
    onprem_steering_method: 0,
    offprem_steering_method: 0,
    onprem_bypass_option: 0,
    offprem_bypass_option: 0,
    steering_method_none: 0,
    onprem_steering_method_none: 0,
    offprem_steering_method_none: 0,
    private_apps_enabled: 1,
    private_apps_enabled_specific: 0,
    private_apps_on_prem: 0,
    private_apps_off_prem: 0,
    private_apps_on_prem_specific: 0,
    private_apps_off_prem_specific: 0,
    private_apps_other_steering_method: 0,
    bwan_apps_enabled: 0,
    bwan_apps_on_prem: 0,
    bwan_apps_off_prem: 0,
    status: 'success',
    steering_config_name: 'Default tenant config',
  },
  'nsexception.json': {
    names: ['*.apple.com', 'apple.com'],
    ips: [{ type: 'local', value: '10.0.0.0/8' }],
    protocols: {},
    fail_close: { domains: [], ips: [] },
    status: 'success',
    steering_config_name: 'Default tenant config',
  },
  'nsbypass.json': {
    certPinnedAppList: [
      {
        action: 1,
        appName: 'Amazon CloudDrive',
        app_domains: ['drive.amazon.com', 'drive.amazonaws.com'],
        mode: 'tunnel',
        processName: 'AmazonCloudDrive.exe',
        rowID: '151',
        tunnel_domains: ['drive.amazonaws.com'],
      },
      {
        action: 1,
        appName: '[Corp_Bypass]',
        app_domains: ['*'],
        isRegex: 'false',
        mode: 'direct',
        processName: 'Certutil.exe',
        rowID: 'custom_11',
        tunnel_domains: [],
      },
    ],
    status: 'success',
    steering_config_name: 'Default tenant config',
  },
}

void t.test('files in the real shapes load, and nothing in them changes', async (t) => {
  for (const [file, content] of Object.entries(REAL)) {
    t.strictSame(checkFile(file as FileName, JSON.stringify(content)), { value: content }, file)
  }
})

void t.test('keys we do not know are kept, at every level', async (t) => {
  const exceptions = {
    ...REAL['nsexception.json'],
    ips: [{ type: 'ip', value: '10.0.0.1', note: 1 }],
    newKey: { deep: [1] },
  }
  t.strictSame(checkFile('nsexception.json', JSON.stringify(exceptions)), { value: exceptions })
})

void t.test('the default files are good, and read as people expect', async (t) => {
  for (const [file, text] of Object.entries(defaultTexts())) {
    t.strictSame(checkFile(file as FileName, text), { value: JSON.parse(text) }, file)
  }
  const apps: PinnedApp[] = JSON.parse(defaultTexts()['nsbypass.json']).certPinnedAppList
  const names = new Set(apps.map(({ appName }) => appName))
  const rows = new Set(apps.map(({ rowID }) => rowID))
  const pairs = new Set(apps.map(({ appName, rowID }) => `${appName} ${rowID}`))
  t.same([rows.size, pairs.size], [names.size, names.size], 'every app has one row of its own, for all its processes')
})

void t.test('switches are strings', async (t) => {
  for (const on of ['true', '1'] as const) t.ok(isOn(on), on)
  for (const off of ['false', '0', undefined] as const) t.notOk(isOn(off), String(off))
})
