// Pure: what the client's files hold in a new home: the real keys, and values a lab can start with.

import type { Configuration, FileName } from './configuration.js'
import { DEFAULT_PINNED_APPS } from './default-apps.js'
import { LOCAL_RANGE } from './schema/nsexception.js'

/** Who the default files are for. */
export interface TenantUser {
  /** The tenant's label in host names, e.g. `lab`. */
  readonly tenant: string
  /** The user's e-mail address. */
  readonly user: string
  /** The organisation's name. */
  readonly org: string
}

// As long as the real ones (20 characters). They open nothing: the tunnel goes by the user certificate.
const ORG_KEY = 'steerlab-org-key-001'
const USER_KEY = 'steerlab-usr-key-001'

const CONFIG_NAME = 'Default tenant config'

/** Vendors whose programs pin certificates or update themselves, as administrators commonly except them; Apple's list has both forms. */
const EXCEPTED_NAMES = [
  'zoom.us',
  '*.zoom.us',
  'apple.com',
  '*.apple.com',
  'cdn-apple.com',
  '*.cdn-apple.com',
  'mzstatic.com',
  '*.mzstatic.com',
  '*.windowsupdate.com',
  '*.update.microsoft.com',
  '*.delivery.mp.microsoft.com',
]

/** The files a new home has; the others are there when somebody makes them. */
export type DefaultFile = Exclude<FileName, 'nsoverlap.json' | 'steerlab.json'>

/** The content of these files, by file name. */
export function defaultFiles(who: TenantUser): Readonly<Record<DefaultFile, Configuration[keyof Configuration]>> {
  return {
    'nsbranding.json': branding(who),
    'nsconfig.json': clientConfig(who),
    'nssteering.json': STEERING,
    'nsexception.json': {
      names: EXCEPTED_NAMES,
      ips: [{ type: 'local', value: LOCAL_RANGE }],
      protocols: {},
      fail_close: { domains: [], ips: [] },
      status: 'success',
      steering_config_name: CONFIG_NAME,
    },
    'nsbypass.json': {
      certPinnedAppList: [...DEFAULT_PINNED_APPS],
      status: 'success',
      steering_config_name: CONFIG_NAME,
    },
  }
}

function branding({ tenant, user, org }: TenantUser): Configuration['branding'] {
  return {
    AddonCheckerHost: `achecker-${tenant}.goskope.com`,
    AddonCheckerResponseCode: 'netSkope@netSkope',
    AddonManagerHost: `addon-${tenant}.goskope.com`,
    EncryptBranding: false,
    OrgKey: ORG_KEY,
    OrgName: org,
    SFCheckerHost: 'sfchecker.goskope.com',
    SFCheckerIP: '8.8.8.8',
    UserEmail: user,
    UserKey: USER_KEY,
    ValidateConfig: false,
    status: 'success',
    tenantID: '1000',
  }
}

function clientConfig({ tenant }: TenantUser): Configuration['client'] {
  return {
    nsgw: {
      host: `gateway-${tenant}.goskope.com`,
      backupHost: `gateway-backup-${tenant}.goskope.com`,
      port: 443,
    },
    gslb: { host: 'gateway.gslb.goskope.com', port: '443' },
    clientAssistedGSLBGTM: '1',
    configurationName: CONFIG_NAME,
    priority: 0,
    protocol: 'tls',
    mtu: '1476',
    checkSNI: 'false',
    dynamicSteering: '0',
    encryptClientConfig: '0',
    enhancedCertPinnedApplist: '1',
    bypassApp: '1',
    logLevel: 'info',
    allowClientDisabling: 'true',
    failClose: { fail_close: 'false', exclude_npa: 'false', notification: 'false', captive_portal_timeout: '' },
    configUpdate: { updateIntervalInMin: '60' },
    clientUpdate: {
      allowAutoUpdate: 'true',
      allowAutoGoldenUpdate: 'false',
      showUpdateNotification: 'false',
      updateIntervalInMin: '240',
    },
    blockIPv6: '0',
    bypassLoopbackDNS: '1',
    supportUDPExceptions: '0',
    sfCheck: { SFCheckerHost: 'sfchecker.goskope.com', SFCheckerIP: '8.8.8.8' },
  }
}

const STEERING: Configuration['steering'] = {
  domains: [],
  domain_ports: {},
  traffic_mode: 'all',
  bypass_option: 0,
  dynamic_steering: 0,
  onprem_steering_method: 0,
  offprem_steering_method: 0,
  private_apps_enabled: 0,
  status: 'success',
  steering_config_name: CONFIG_NAME,
}
